import { Readable } from 'node:stream'
import { createZstdDecompress, type ZstdDecompress } from 'node:zlib'

/**
 * The content of zstd frames that follow each other (RFC 8878, 3.1), as `pzstd` and `cat` make them. Node's decompressor alone
 * (24.21) ends well after the first where the next begins in the same chunk. Fails where the source does, and for bytes that
 * are no zstd.
 */
export function decompressZstd(source: Readable): Readable {
  return Readable.from(frames(source), { objectMode: false })
}

async function* frames(source: Readable): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = source[Symbol.asyncIterator]()
  try {
    for (let rest: Buffer | undefined = await nextOf(chunks); rest;) {
      const frame = createZstdDecompress()
      const feeding = feed(frame, rest, chunks)
      feeding.catch((error: unknown) => frame.destroy(error instanceof Error ? error : new Error(String(error))))
      yield* frame
      rest = await feeding
    }
  } finally {
    source.destroy()
  }
}

/** Returns what of the source's bytes lies behind the frame, if it ends before the source. */
async function feed(frame: ZstdDecompress, first: Buffer, chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  let given = 0
  for (let chunk: Buffer | undefined = first; chunk; chunk = await nextOf(chunks)) {
    given += chunk.length
    await new Promise<void>(resolve => void frame.write(chunk, () => resolve()))
    if (frame.destroyed) return undefined
    const left = given - frame.bytesWritten
    if (left > 0) return chunk.subarray(-left)
  }
  frame.end()
  return undefined
}

async function nextOf(chunks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
  const next = await chunks.next()
  return next.done === true ? undefined : next.value
}
