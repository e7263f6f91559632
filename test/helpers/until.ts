/** Asks again and again until there is an answer. @throws when there is none in time, naming what was awaited and the last error */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = 15_000,
): Promise<T> {
  let last: unknown
  for (
    const deadline = Date.now() + timeoutMs;
    Date.now() < deadline;
    await new Promise(resolve => setTimeout(resolve, 25))
  ) {
    try {
      const answer = await ask()
      if (answer !== undefined && answer !== false) return answer
    } catch (error) {
      last = error
    }
  }
  throw new Error(`waited ${timeoutMs} ms in vain: ${what}`, { cause: last })
}
