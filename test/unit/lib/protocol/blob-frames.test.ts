import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { type BlobEvent, decodeBlobs, encodeBlobHeader } from '../../../../src/lib/protocol/blob-frames.ts'

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += length) yield bytes.subarray(offset, offset + length)
}

function frame(text: string): Uint8Array {
  const bytes = Buffer.from(text)
  return Buffer.concat([encodeBlobHeader({ sha256: hash('sha256', bytes), size: bytes.length }), bytes])
}

test('contents come out as they went in, however the stream is cut into chunks', async () => {
  const contents = ['', 'a', 'hello', 'x'.repeat(1000), '']
  const stream = Buffer.concat(contents.map(frame))
  for (const length of [1, 3, 39, 40, 41, 500, 5000]) {
    const events = await Array.fromAsync(decodeBlobs(inPieces(stream, length)))
    const decoded: string[] = []
    for (const event of events) {
      if (event.type === 'begin') decoded.push('')
      if (event.type === 'data') decoded[decoded.length - 1] += Buffer.from(event.bytes).toString()
    }
    expect(decoded).toEqual(contents)
    expect(events.filter(({ type }: BlobEvent) => type === 'end')).toHaveLength(contents.length)
  }
})

test('a stream that ends inside of a content or of its header is refused', async () => {
  const stream = frame('hello')
  for (const end of [1, 39, 40, 44]) {
    await expect(Array.fromAsync(decodeBlobs(inPieces(stream.subarray(0, end), 16)))).rejects.toMatchObject({
      code: 'usage.request',
    })
  }
})

test('an absurd length is refused before anything is read', async () => {
  const header = encodeBlobHeader({ sha256: hash('sha256', ''), size: 2 ** 50 })
  await expect(Array.fromAsync(decodeBlobs(inPieces(header, 40)))).rejects.toMatchObject({ code: 'usage.request' })
})
