import { addAbortSignal, Readable } from 'node:stream'
import { bundleError } from '../../bundle/errors.ts'
import { type BundlePart, isCompressed } from '../../bundle/manifest.ts'
import { guardVolume } from '../../bundle/volume-guard.ts'
import { AppError } from '../../core/errors.ts'
import { sha256Of } from '../../stream/digest.ts'
import { decompressZstd } from '../../stream/zstd.ts'
import type { BackupDeps } from './deps.ts'
import type { Parts } from './parts.ts'

/**
 * Hands the content of a part to `use`, which reads it to its end, and of which nothing comes that the manifest does not tell of.
 * @throws what `use` throws; failed.verify when it is gone, has more than the manifest says or leads elsewhere
 */
export async function unpack(parts: Parts, part: BundlePart, use: (content: Readable) => Promise<void>): Promise<void> {
  const stored = await parts.open(part.sha256)
  const told = limitTo(part, isCompressed(part) ? decompressZstd(stored) : stored)
  const content = Readable.from(part.kind === 'volume' ? guardVolume(told, part) : told, { objectMode: false })
  try {
    await use(content)
  } finally {
    stored.destroy()
    content.destroy()
  }
}

async function* limitTo(
  { contentBytes = Infinity, name }: BundlePart,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let passed = 0
  for await (const chunk of content) {
    passed += chunk.length
    if (passed > contentBytes)
      throw bundleError('content', `${name} has more than the ${contentBytes} bytes of the manifest`)
    yield chunk
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
    const isWhole = await readsAs(sha256, parts, signal).catch((error: unknown) => {
      signal.throwIfAborted()
      memory.forget(sha256)
      throw error
    })
    if (isWhole) continue
    memory.forget(sha256)
    throw new AppError('failed.verify', `${name} is damaged: its content is not what its SHA-256 ${sha256} says`, {
      details: { part: name },
      suggestions: ['nothing was changed; use another backup: `aloft backup list`'],
    })
  }
}

async function readsAs(sha256: string, parts: Parts, signal: AbortSignal): Promise<boolean> {
  return (await sha256Of(addAbortSignal(signal, await parts.open(sha256)))) === sha256
}
