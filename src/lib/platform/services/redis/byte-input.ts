/** Bytes that come in pieces, for a parser that is a generator: it yields where it needs more. */
export type Reading<T> = Generator<undefined, T>

export class ByteInput {
  #buffer: Buffer = Buffer.alloc(0)
  #position = 0

  push(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const rest = this.#buffer.subarray(this.#position)
    this.#buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    this.#position = 0
  }

  /** The next bytes: valid until the generator yields again. */
  *take(count: number): Reading<Buffer> {
    while (this.#buffer.length - this.#position < count) yield
    this.#position += count
    return this.#buffer.subarray(this.#position - count, this.#position)
  }

  *byte(): Reading<number> {
    while (this.#position === this.#buffer.length) yield
    return this.#buffer.readUInt8(this.#position++)
  }

  /** Keeps nothing of what it skips. */
  *skip(count: number): Reading<void> {
    for (let left = count; left > 0;) {
      const step = Math.min(left, this.#buffer.length - this.#position)
      this.#position += step
      left -= step
      if (left > 0) yield
    }
  }
}
