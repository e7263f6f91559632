import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'
import type { BundlePart } from '../../bundle/manifest.ts'
import { AppError } from '../../core/errors.ts'
import type { BackupDeps } from './deps.ts'
import type { Parts } from './parts.ts'

/** Hands the decompressed content of a part to `use`, which reads it to its end. @throws what `use` throws, failed.verify when it is gone */
export async function unpack(
  parts: Parts,
  { sha256 }: BundlePart,
  use: (content: Readable) => Promise<void>,
): Promise<void> {
  const stored = await parts.open(sha256)
  const content = createZstdDecompress()
  stored.once('error', error => content.destroy(error))
  try {
    await use(stored.pipe(content))
  } finally {
    stored.destroy()
    content.destroy()
  }
}

/**
 * Reads all bytes of parts. A damaged one is used for no further backup: the next one copies the volume anew.
 * @throws failed.verify when one is gone or its content is not what its name says
 */
export async function checkContents(
  { memory, parts }: Pick<BackupDeps, 'memory' | 'parts'>,
  wanted: readonly BundlePart[],
  signal: AbortSignal,
): Promise<void> {
  for (const { name, sha256 } of wanted) {
    const hash = createHash('sha256')
    for await (const chunk of await parts.open(sha256)) {
      signal.throwIfAborted()
      hash.update(chunk)
    }
    if (hash.digest('hex') === sha256) continue
    memory.forget(sha256)
    throw new AppError('failed.verify', `${name} is damaged: its content is not what its SHA-256 ${sha256} says`, {
      details: { part: name },
      suggestions: ['nothing was changed; use another backup: `aloft backup list`'],
    })
  }
}
