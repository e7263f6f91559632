import * as z from 'zod/mini'
import type { Explanation, Origin } from '../../settings/explain-settings.ts'
import type { ResultOf, Shape } from '../schema.ts'
import { source } from '../settings.ts'

const origin = z.strictObject({
  source,
  place: z.optional(z.string()),
  value: z.string(),
} satisfies Shape<Origin>)

export const result = z.array(
  z.strictObject({
    key: z.string(),
    value: z.optional(z.string()),
    origins: z.array(origin),
  } satisfies Shape<Explanation>),
)
export type Result = ResultOf<typeof result>
