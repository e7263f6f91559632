import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'

/** One call that was made; `sequence` has no holes. */
export const auditEntry = lazily(() =>
  z.object({
    sequence: z.number(),
    at: z.string(),
    /** Absent when the caller was not known. */
    user: z.optional(z.string()),
    token: z.optional(z.string()),
    entrance: z.enum(['socket', 'tcp']),
    /** Method and path, without the query. */
    call: z.string(),
    /** HTTP status of the answer; 101 for a stream or a session. */
    status: z.number(),
    /** Code of the error it was answered with. */
    error: z.optional(z.string()),
    request: z.string(),
    /** Calls before this one that a full disk left unrecorded. */
    lost: z.optional(z.number()),
  }),
)
export type AuditEntry = z.infer<ReturnType<typeof auditEntry>>

export const auditVerification = lazily(() =>
  z.object({
    entries: z.number(),
    first: z.optional(z.number()),
    last: z.optional(z.number()),
    /** Absent when all is as it was written. */
    problem: z.optional(
      z.object({
        file: z.string(),
        /** Of the file, from 1; absent when something is missing. */
        line: z.optional(z.number()),
        reason: z.string(),
      }),
    ),
  }),
)
export type AuditVerification = z.infer<ReturnType<typeof auditVerification>>
