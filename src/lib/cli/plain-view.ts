import type { ActivityView } from './activity-view.ts'
import { renderActivityLine } from './render/activity-line.ts'

export interface PlainViewOptions {
  readonly write: (text: string) => void
  /** When the activity began; elapsed times count from here. */
  readonly startedAt: number
  /** Control characters are shown instead of sent. */
  readonly isTerminal: boolean
}

/** One line for each record, `[  1.2s] build   npm ci`. */
export function createPlainView({ isTerminal, startedAt, write }: PlainViewOptions): ActivityView {
  let phase = ''
  return {
    close: async () => {},
    line: async record => {
      phase = record.phase ?? phase
      const elapsedMs = Date.parse(record.at) - startedAt
      write(renderActivityLine({ elapsedMs, isTerminal, message: record.message, phase }))
    },
  }
}
