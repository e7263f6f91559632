import * as z from 'zod/mini'

/** What the keychain's process prints. */
export const keychainAnswer = z.union([
  z.strictObject({ secret: z.optional(z.string()) }),
  z.strictObject({ stage: z.enum(['load', 'open', 'use']), problem: z.string() }),
])
export type KeychainAnswer = z.infer<typeof keychainAnswer>
