import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { zstdCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decompressZstd } from '../../../../src/lib/stream/zstd.ts'

const FIRST = randomBytes(300_000)
const SECOND = Buffer.alloc(1_000_000, 'and more of it ')

describe('decompressZstd', () => {
  const frames = Buffer.concat([FIRST, SECOND, Buffer.alloc(0), FIRST].map(content => zstdCompressSync(content)))

  it.each([1000, 65_536, frames.length])(
    'reads all frames of a stream that comes in pieces of %i bytes',
    async size => {
      expect(await buffer(decompressZstd(inPieces(frames, size)))).toEqual(Buffer.concat([FIRST, SECOND, FIRST]))
    },
  )

  it('fails for a frame that is cut off, also behind a whole one', async () => {
    await expect(buffer(decompressZstd(inPieces(frames.subarray(0, -10), 65_536)))).rejects.toThrow('unexpected end')
  })

  it('fails for what is no zstd behind a frame', async () => {
    const damaged = Buffer.concat([zstdCompressSync(SECOND), Buffer.from('no frame at all')])
    await expect(buffer(decompressZstd(inPieces(damaged, damaged.length)))).rejects.toThrow('Unknown frame descriptor')
  })

  it('fails with its source', async () => {
    const source = Readable.from(
      (async function* () {
        yield frames.subarray(0, 1000)
        throw new Error('the disk is gone')
      })(),
    )
    await expect(buffer(decompressZstd(source))).rejects.toThrow('the disk is gone')
  })

  it('lets go of its source when nobody reads on', async () => {
    const source = inPieces(frames, 1000)
    const content = decompressZstd(source)
    await once(content, 'readable')
    content.destroy()
    await expect.poll(() => source.destroyed).toBe(true)
  })
})

function inPieces(bytes: Buffer, size: number): Readable {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
  return Readable.from(pieces, { objectMode: false })
}
