import type { Runtime } from './runtime.ts'

/** No silence lasts longer: CI services end jobs that say nothing. */
const SILENCE_MS = 30_000

/** The runtime with a sign of life on stderr after each 30 s in which nothing was written, until the signal aborts. */
export function withHeartbeat(runtime: Runtime, signal: AbortSignal): Runtime {
  const { clock } = runtime
  const startedAt = clock.now()
  let lastAt = startedAt
  void beat().catch(() => {})
  return {
    ...runtime,
    tell: text => {
      lastAt = clock.now()
      runtime.tell(text)
    },
    write: bytes => {
      lastAt = clock.now()
      runtime.write(bytes)
    },
  }

  async function beat(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(Math.max(1, lastAt + SILENCE_MS - clock.now()), signal)
      if (clock.now() - lastAt < SILENCE_MS) continue
      lastAt = clock.now()
      runtime.tell(`still running after ${Math.round((lastAt - startedAt) / 1000)} s\n`)
    }
  }
}
