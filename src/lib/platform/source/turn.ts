import { setImmediate } from 'node:timers/promises'

/** Small files are faster to handle synchronously, in slices this long, ms: then others get their turn. */
const SLICE_MS = 8

/** Returns a function to await between pieces of synchronous work: it lets others run when the slice is used up. */
export function createTurn(signal?: AbortSignal): () => Promise<void> | undefined {
  let until = performance.now() + SLICE_MS
  const wait = async (): Promise<void> => {
    await setImmediate()
    until = performance.now() + SLICE_MS
  }
  return () => {
    signal?.throwIfAborted()
    return performance.now() < until ? undefined : wait()
  }
}
