import { createHash, type Hash } from 'node:crypto'
import { collectBuffers } from '../stream/collect-buffers.ts'
import { TarScanner } from './tar-scanner.ts'
import { type ListingFacts, VolumeListing } from './volume-listing.ts'

/** What the manifest says of a volume. */
export interface VolumeFacts extends ListingFacts {
  /** Of the tar. */
  readonly contentBytes: number
}

/**
 * Counts and hashes the regular files of a tar as it passes, each of the names of one file (hard links) as a file.
 * @throws what the source throws; an Error of the parser for what is no tar, or one that is cut off; failed.verify for a hard
 * link to what is no file before it
 */
export async function readVolumeFacts(tar: AsyncIterable<Buffer>): Promise<VolumeFacts> {
  const listing = new VolumeListing()
  let file: { readonly path: string; readonly size: number; readonly hash: Hash } | undefined
  let contentBytes = 0
  const scanner = new TarScanner({
    content: bytes => void file?.hash.update(bytes),
    entry({ linkName, name, size, type }) {
      file = type === 'file' ? { hash: createHash('sha256'), path: name, size } : undefined
      if (type === 'link') listing.addName(name, linkName)
      else if (type !== 'file') listing.drop(name)
    },
    entryEnd() {
      if (file) listing.add({ path: file.path, sha256: file.hash.digest('hex'), size: file.size })
      file = undefined
    },
  })
  for await (const chunk of tar) {
    scanner.write(chunk)
    contentBytes += chunk.length
    collectBuffers(chunk.length)
  }
  scanner.end()
  return { ...listing.facts(), contentBytes }
}
