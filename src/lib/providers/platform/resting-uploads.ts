import { createHash } from 'node:crypto'
import type * as z from 'zod/mini'
import type { restingUploads } from '../../protocol/backup-schemas.ts'
import { collectBuffers } from '../../stream/collect-buffers.ts'

export type RestingUpload = z.infer<ReturnType<typeof restingUploads>>['items'][number]

/** The one that has most of the beginning of a file, which is read as far as any of them goes. */
export async function findBeginning(
  resting: readonly RestingUpload[],
  open: (offset: number) => AsyncIterable<Uint8Array>,
): Promise<RestingUpload | undefined> {
  if (resting.length === 0) return undefined
  const digests = await digestsAt(new Set(resting.map(({ offset }) => offset)), open(0))
  return resting
    .filter(({ offset, sha256 }) => digests.get(offset) === sha256)
    .toSorted((a, b) => b.offset - a.offset)
    .at(0)
}

/** Offset -> SHA-256 of all bytes before it. */
async function digestsAt(
  offsets: ReadonlySet<number>,
  chunks: AsyncIterable<Uint8Array>,
): Promise<ReadonlyMap<number, string>> {
  const [hash, digests, last] = [createHash('sha256'), new Map<number, string>(), Math.max(...offsets)]
  let at = 0
  for await (const chunk of chunks) {
    for (const offset of offsets)
      if (offset > at && offset <= at + chunk.length)
        digests.set(
          offset,
          hash
            .copy()
            .update(chunk.subarray(0, offset - at))
            .digest('hex'),
        )
    hash.update(chunk)
    collectBuffers(chunk.length)
    at += chunk.length
    if (at >= last) break
  }
  return digests
}
