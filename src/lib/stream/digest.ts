import { createHash } from 'node:crypto'
import { collectBuffers } from './collect-buffers.ts'

/** SHA-256 of all of it, hexadecimal. */
export async function sha256Of(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of chunks) {
    hash.update(chunk)
    collectBuffers(chunk.length)
  }
  return hash.digest('hex')
}
