import type { LogRecord } from '../core/events.ts'

/** Shows an activity while it runs. */
export interface ActivityView {
  line(record: LogRecord): Promise<void>
  /** Makes room for a question, or ends. `isDone` says how the phase on show ended. */
  close(isDone: boolean): Promise<void>
}

export const silentView: ActivityView = {
  close: async () => {},
  line: async () => {},
}
