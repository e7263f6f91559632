import { AppError } from '../core/errors.ts'

/*
 * A stream of contents: for each one its SHA-256 (32 bytes), its length (8 bytes, big-endian), its bytes. The stream
 * ends after the last one.
 */

const FRAME_HEADER_BYTES = 40

/** 1 TiB: what is larger is a broken stream. */
const MAX_BLOB_BYTES = 2 ** 40

export interface BlobHeader {
  /** 64 hex digits. */
  readonly sha256: string
  readonly size: number
}

export type BlobEvent =
  | ({ readonly type: 'begin' } & BlobHeader)
  | { readonly type: 'data'; readonly bytes: Uint8Array }
  | { readonly type: 'end' }

export function encodeBlobHeader({ sha256, size }: BlobHeader): Uint8Array {
  const header = Buffer.allocUnsafe(FRAME_HEADER_BYTES)
  header.write(sha256, 0, 32, 'hex')
  header.writeBigUInt64BE(BigInt(size), 32)
  return header
}

/**
 * Splits a stream into its contents. Bytes are views into the chunks, not copies.
 * @throws usage.request when the stream ends inside of a content or a length is out of range; whatever the stream throws
 */
export async function* decodeBlobs(stream: AsyncIterable<Uint8Array>): AsyncGenerator<BlobEvent> {
  const decoder = new BlobDecoder()
  for await (const chunk of stream) yield* decoder.take(chunk)
  decoder.finish()
}

class BlobDecoder {
  #header = Buffer.alloc(0)
  #left = 0

  finish(): void {
    if (this.#left > 0 || this.#header.length > 0) throw new AppError('usage.request', 'the stream of contents was cut')
  }

  *take(chunk: Uint8Array): Generator<BlobEvent> {
    for (let rest = chunk; rest.length > 0;) {
      const part = rest.subarray(0, this.#left > 0 ? this.#left : FRAME_HEADER_BYTES - this.#header.length)
      rest = rest.subarray(part.length)
      if (this.#left > 0) yield* this.#data(part)
      else yield* this.#headerPart(part)
    }
  }

  *#data(bytes: Uint8Array): Generator<BlobEvent> {
    this.#left -= bytes.length
    yield { bytes, type: 'data' }
    if (this.#left === 0) yield { type: 'end' }
  }

  *#headerPart(part: Uint8Array): Generator<BlobEvent> {
    this.#header = Buffer.concat([this.#header, part])
    if (this.#header.length < FRAME_HEADER_BYTES) return
    const { sha256, size } = readHeader(this.#header)
    this.#header = Buffer.alloc(0)
    this.#left = size
    yield { sha256, size, type: 'begin' }
    if (size === 0) yield { type: 'end' }
  }
}

function readHeader(header: Buffer): BlobHeader {
  const size = header.readBigUInt64BE(32)
  if (size > BigInt(MAX_BLOB_BYTES)) throw new AppError('usage.request', `a content of ${size} bytes is too large`)
  return { sha256: header.toString('hex', 0, 32), size: Number(size) }
}
