import { bundleError } from './errors.ts'
import type { VolumePart } from './manifest.ts'
import { type TarHead, TarScanner } from './tar-scanner.ts'
import { VolumeListing } from './volume-listing.ts'

/** Letters of entries without content: devices and pipes. */
const NODES = ['3', '4', '6']

/**
 * Passes the tar of a volume on as long as it is what the manifest says: no more files, no more bytes of them, nothing that
 * leads elsewhere. It fails before it passes on what is not.
 * @throws failed.verify; what the source throws; an Error for what is no tar
 */
export async function* guardVolume(
  tar: AsyncIterable<Buffer>,
  { fileBytes, files, name: part }: Pick<VolumePart, 'fileBytes' | 'files' | 'name'>,
): AsyncGenerator<Buffer> {
  const listing = new VolumeListing()
  let [seenFiles, seenBytes] = [0, 0]
  const scanner = new TarScanner({
    entry(head) {
      requirePlain(head)
      const { linkName, name, size, type } = head
      if (type === 'file') listing.add({ path: name, sha256: '', size })
      else if (type === 'link') listing.addName(name, linkName)
      else listing.drop(name)
      if (type === 'file' || type === 'link') seenFiles++
      seenBytes += size
      if (seenFiles > files || seenBytes > fileBytes)
        throw bundleError('content', `${part} has more than the ${files} files of ${fileBytes} bytes of the manifest`)
    },
  })
  for await (const chunk of tar) {
    scanner.write(chunk)
    yield chunk
  }
  scanner.end()
}

/** Refuses what tar might read otherwise than it was counted, and what leads elsewhere. @throws failed.verify */
export function requirePlain({ letter, linkName, name, pax, size, type }: TarHead): void {
  const isKnown = type === 'other' ? NODES.includes(letter) : ![...pax.keys()].some(key => key.startsWith('GNU.'))
  if (!isKnown || (type !== 'file' && size > 0))
    throw bundleError('content', `the archive has ${name}, an entry of a kind that volumes do not have`)
  const elsewhere = [name, ...(type === 'link' ? [linkName] : [])].find(leadsElsewhere)
  if (elsewhere !== undefined) throw bundleError('content', `the archive has a name that leads elsewhere: ${elsewhere}`)
}

/** Out of the directory that it is below. */
export function leadsElsewhere(name: string): boolean {
  return name.startsWith('/') || name.split('/').includes('..')
}
