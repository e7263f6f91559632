import type { Duplex, Readable } from 'node:stream'

/**
 * Runs tasks that live by each other, e.g. the two ends of a pipe. When one fails, `stop` is told, so that the others end too;
 * returns or throws once all of them have ended.
 * @throws the first failure
 */
export async function together<const T extends readonly Promise<unknown>[]>(
  tasks: T,
  stop: (reason: Error) => void,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  let first: Error | undefined
  for (const task of tasks) {
    task.catch((error: unknown) => {
      if (first) return
      first = error instanceof Error ? error : new Error(String(error))
      stop(first)
    })
  }
  await Promise.allSettled(tasks)
  if (first) throw first
  return Promise.all(tasks)
}

/** What `together` is told to stop by: destroys streams, also those that nobody listens to yet, whose failure would end the process. */
export function destroying(...streams: readonly (Duplex | Readable)[]): (reason: Error) => void {
  return reason => {
    for (const stream of streams) stream.on('error', () => undefined).destroy(reason)
  }
}
