/** Tells those who watch that something changed; they look for themselves what. */
export class Feed {
  readonly #watchers = new Map<string, Set<() => void>>()

  changed(topic: string): void {
    for (const wake of this.#watchers.get(topic) ?? []) wake()
  }

  /** What `look` says now and again after each change; changes in between are merged. Ends when the signal aborts. */
  async *watch<T>(topic: string, look: () => T, signal: AbortSignal): AsyncGenerator<T, void> {
    let news = Promise.withResolvers<void>()
    const wake = (): void => news.resolve()
    this.#add(topic, wake)
    signal.addEventListener('abort', wake, { once: true })
    try {
      while (!signal.aborted) {
        news = Promise.withResolvers<void>()
        yield look()
        if (!signal.aborted) await news.promise
      }
    } finally {
      signal.removeEventListener('abort', wake)
      this.#remove(topic, wake)
    }
  }

  #add(topic: string, wake: () => void): void {
    const watchers = this.#watchers.get(topic) ?? new Set()
    this.#watchers.set(topic, watchers.add(wake))
  }

  #remove(topic: string, wake: () => void): void {
    const watchers = this.#watchers.get(topic)
    watchers?.delete(wake)
    if (watchers?.size === 0) this.#watchers.delete(topic)
  }
}
