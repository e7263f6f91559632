/**
 * A queue between a producer and one consumer that holds at most `capacity` items. The consumer iterates over it: items
 * in order, then the end, or the error it was closed with. Leaving the loop closes the queue.
 */
export class BoundedQueue<T extends object | string | number> implements AsyncIterable<T> {
  readonly #capacity: number
  readonly #items: T[] = []
  #closed: { readonly error?: unknown } | undefined
  #changed = Promise.withResolvers<void>()

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get size(): number {
    return this.#items.length
  }

  get isClosed(): boolean {
    return this.#closed !== undefined
  }

  /** Waits for room. False when the queue is closed: nobody wants the item. */
  async push(item: T): Promise<boolean> {
    while (!this.tryPush(item)) {
      if (this.isClosed) return false
      await this.#changed.promise
    }
    return true
  }

  /** False, and the item not taken, when the queue is full or closed. */
  tryPush(item: T): boolean {
    if (this.isClosed || this.#items.length >= this.#capacity) return false
    this.#items.push(item)
    this.#announce()
    return true
  }

  /** No more items; what is in the queue is still delivered. Repeating it changes nothing. */
  close(): void {
    this.#closed ??= {}
    this.#announce()
  }

  /** As `close`, and the consumer then gets the error. */
  fail(error: unknown): void {
    this.#closed ??= { error }
    this.#announce()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const item = this.#items.shift()
        if (item !== undefined) {
          this.#announce()
          yield item
        } else if (this.#closed === undefined) {
          await this.#changed.promise
        } else {
          break
        }
      }
      if (this.#closed !== undefined && 'error' in this.#closed) throw this.#closed.error
    } finally {
      this.#items.length = 0
      this.close()
    }
  }

  #announce(): void {
    const { resolve } = this.#changed
    this.#changed = Promise.withResolvers()
    resolve()
  }
}
