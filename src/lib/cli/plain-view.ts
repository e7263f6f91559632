import type { Clock } from '../core/clock.ts'
import type { ActivityView } from './activity-view.ts'
import { renderActivityLine } from './render/activity-line.ts'

/** No silence lasts longer: CI services end jobs that say nothing. */
const HEARTBEAT_MS = 30_000

export interface PlainViewOptions {
  readonly write: (text: string) => void
  readonly clock: Clock
  /** When the activity began; elapsed times count from here. */
  readonly startedAt: number
  /** Control characters are shown instead of sent. */
  readonly isTerminal: boolean
}

/** One line for each record, `[  1.2s] build   npm ci`, and a sign of life each 30 s of silence. */
export function createPlainView({ clock, isTerminal, startedAt, write }: PlainViewOptions): ActivityView {
  const stop = new AbortController()
  let phase = ''
  let lastAt = clock.now()
  void beat().catch(() => {})
  return {
    close: async () => stop.abort(new Error('closed')),
    line: async record => {
      phase = record.phase ?? phase
      lastAt = clock.now()
      write(
        renderActivityLine({
          elapsedMs: Date.parse(record.at) - startedAt,
          isTerminal,
          message: record.message,
          phase,
        }),
      )
    },
  }

  async function beat(): Promise<void> {
    while (!stop.signal.aborted) {
      await clock.sleep(Math.max(1, lastAt + HEARTBEAT_MS - clock.now()), stop.signal)
      if (clock.now() - lastAt < HEARTBEAT_MS) continue
      lastAt = clock.now()
      write(renderActivityLine({ elapsedMs: lastAt - startedAt, isTerminal, message: 'still running', phase }))
    }
  }
}
