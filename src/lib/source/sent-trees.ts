import { closeSync, openSync, readSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { manifestDigest } from './manifest.ts'
import { readBytes, replaceFile } from './stat-cache.ts'

/*
 * What was sent last to one project of one server: the base for the next difference. A file beside the stat cache: the
 * digest, then the manifest.
 */

export interface SentTree {
  /** The digest of the tree that was sent last. Cheap: the manifest is not read. */
  digest(): string | undefined
  /** Its manifest; undefined when the file does not hold what it says. */
  manifest(): string | undefined
  remember(digest: string, manifest: string): void
}

const DIGEST_LENGTH = 64

/** `destination` tells servers and projects apart, e.g. `<address> <project>`. */
export function openSentTree(cacheFile: string, destination: string): SentTree {
  const file = `${cacheFile}.${createHash('sha256').update(destination).digest('hex').slice(0, 12)}.sent`
  return {
    digest: () => readDigest(file),
    manifest: () => {
      const text = readBytes(file)?.toString() ?? ''
      const manifest = text.slice(DIGEST_LENGTH + 1)
      return manifestDigest(manifest) === text.slice(0, DIGEST_LENGTH) ? manifest : undefined
    },
    remember: (digest, manifest) => replaceFile(file, `${digest}\n${manifest}`),
  }
}

function readDigest(file: string): string | undefined {
  try {
    const descriptor = openSync(file, 'r')
    try {
      const buffer = Buffer.alloc(DIGEST_LENGTH)
      const length = readSync(descriptor, buffer)
      const digest = buffer.toString('latin1', 0, length)
      return /^[0-9a-f]{64}$/.test(digest) ? digest : undefined
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return undefined
  }
}
