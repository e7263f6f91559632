import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { collectBuffers } from '../stream/collect-buffers.ts'
import { tarEntries } from './tar-entries.ts'

/** What the manifest says of a volume. */
export interface VolumeFacts {
  readonly digest: string
  readonly files: number
  readonly fileBytes: number
}

/**
 * Counts and hashes the regular files of a tar as it passes. Paths are bytes, one character each.
 * @throws what the source throws; an Error of the parser for what is no tar, or one that is cut off
 */
export async function readVolumeFacts(tar: Readable): Promise<VolumeFacts> {
  const listing = new VolumeListing()
  for await (const { content, header } of tarEntries(tar)) {
    if (header.type !== 'file' && header.type !== 'contiguous-file') continue
    const hash = createHash('sha256')
    for await (const chunk of content as AsyncIterable<Buffer>) {
      hash.update(chunk)
      collectBuffers(chunk.length)
    }
    listing.add({ path: header.name, sha256: hash.digest('hex'), size: header.size })
  }
  return listing.facts()
}

/** The files of a volume, from whatever they are read. */
export class VolumeListing {
  readonly #lines: { readonly path: string; readonly sha256: string }[] = []
  #fileBytes = 0

  /** `path`: relative to the volume's top, its bytes one character each. */
  add({ path, sha256, size }: { readonly path: string; readonly sha256: string; readonly size: number }): void {
    this.#lines.push({ path: path.replace(/^(?:\.\/+)+/, ''), sha256 })
    this.#fileBytes += size
  }

  facts(): VolumeFacts {
    const digest = createHash('sha256')
    for (const { path, sha256 } of this.#lines.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
      digest.update(`${sha256} ${path}\n`, 'latin1')
    return { digest: digest.digest('hex'), fileBytes: this.#fileBytes, files: this.#lines.length }
  }
}
