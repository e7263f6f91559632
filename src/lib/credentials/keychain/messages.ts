import * as z from 'zod/mini'

/** What the keychain's process is asked to do: one JSON document on its stdin. */
export const keychainRequest = z.object({
  id: z.string(),
  operation: z.enum(['get', 'set', 'delete']),
  secret: z.optional(z.string()),
})
export type KeychainRequest = z.infer<typeof keychainRequest>

/** Its answer: one JSON document on its stdout. */
export const keychainAnswer = z.union([
  z.strictObject({ secret: z.optional(z.string()) }),
  z.strictObject({ stage: z.enum(['load', 'open', 'use']), problem: z.string() }),
])
export type KeychainAnswer = z.infer<typeof keychainAnswer>
