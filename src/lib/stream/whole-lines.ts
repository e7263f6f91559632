const NEWLINE = 10

/** Turns pieces of a byte stream into batches of whole lines; what is cut off at the end waits for the next piece. */
export class WholeLines {
  #rest: readonly Uint8Array[] = []

  /** The whole lines there are now; the piece itself where it begins and ends with one. */
  take(piece: Uint8Array): Uint8Array {
    const end = piece.lastIndexOf(NEWLINE) + 1
    if (end === 0) {
      this.#rest = [...this.#rest, piece]
      return new Uint8Array()
    }
    const head = end === piece.length ? piece : piece.subarray(0, end)
    const batch = this.#rest.length === 0 ? head : Buffer.concat([...this.#rest, head])
    this.#rest = end === piece.length ? [] : [piece.subarray(end)]
    return batch
  }
}
