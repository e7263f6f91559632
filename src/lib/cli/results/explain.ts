import * as z from 'zod/mini'
import type { Explanation } from '../render/explanation.ts'
import type { ResultOf, Shape } from './schema.ts'

const explanation = z.strictObject({
  code: z.string(),
  exitCode: z.number(),
  summary: z.string(),
  remedy: z.string(),
} satisfies Shape<Explanation>)

export const result = z.union([explanation, z.array(explanation)])
export type Result = ResultOf<typeof result>
