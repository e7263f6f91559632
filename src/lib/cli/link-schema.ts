import * as z from 'zod/mini'

/** `.aloft/link.json`. */
export const linkSchema = z.object({
  version: z.literal(1),
  provider: z.optional(z.string()),
  account: z.optional(z.string()),
  project: z.optional(z.string()),
  environment: z.optional(z.string()),
})
