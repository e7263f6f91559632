import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { collectBuffers } from '../../stream/collect-buffers.ts'
import type { StoredPart } from './storage.ts'

/** Counts and hashes what passes. */
export class Measure extends Transform {
  readonly #hash = createHash('sha256')
  #bytes = 0

  override _transform(chunk: Buffer, _encoding: string, done: (error: undefined, chunk: Buffer) => void): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    collectBuffers(chunk.length)
    done(undefined, chunk)
  }

  /** Once all of it has passed. */
  part(): StoredPart {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}
