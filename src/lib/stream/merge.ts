type Arrival<T> =
  | { readonly kind: 'item'; readonly iterator: AsyncIterator<T>; readonly result: IteratorResult<T> }
  | { readonly kind: 'failure'; readonly error: unknown }

/**
 * Several streams as one, items as they come, in order per stream; each is asked for one item ahead. Ends when all have
 * ended. When one throws, or the consumer leaves, the others are returned and what the first one threw is thrown.
 */
export async function* merge<T>(sources: Iterable<AsyncIterable<T>>): AsyncGenerator<T> {
  const open = new Set<AsyncIterator<T>>()
  // Not Promise.race: that would add to a quiet stream's promise with each item of a busy one.
  const arrivals: Arrival<T>[] = []
  let changed = Promise.withResolvers<void>()
  const announce = (arrival: Arrival<T>): void => {
    arrivals.push(arrival)
    changed.resolve()
  }
  const ask = (iterator: AsyncIterator<T>): void => {
    iterator.next().then(
      result => announce({ kind: 'item', iterator, result }),
      (error: unknown) => announce({ kind: 'failure', error }),
    )
  }
  for (const source of sources) open.add(source[Symbol.asyncIterator]())
  for (const iterator of open) ask(iterator)
  try {
    while (open.size > 0) {
      const arrival = arrivals.shift()
      if (arrival === undefined) {
        await changed.promise
        changed = Promise.withResolvers()
      } else if (arrival.kind === 'failure') {
        throw arrival.error
      } else if (arrival.result.done) {
        open.delete(arrival.iterator)
      } else {
        ask(arrival.iterator)
        yield arrival.result.value
      }
    }
  } finally {
    // A generator waiting inside `next` returns only once that is over: nobody waits for it here.
    for (const iterator of open) iterator.return?.().catch(() => {})
  }
}
