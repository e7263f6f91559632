import * as z from 'zod/mini'
import type { ResultOf } from './schema.ts'

/** What is kept of a session. */
export const session = z.strictObject({
  exitCode: z.number(),
  stdout: z.string(),
  stderr: z.string(),
  /** More came than is kept. */
  truncated: z.boolean(),
})

export type SessionResult = ResultOf<typeof session>
