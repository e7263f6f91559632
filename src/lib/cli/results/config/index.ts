import * as z from 'zod/mini'
import type { ListedSetting } from '../../settings/list-settings.ts'
import type { ResultOf, Shape } from '../schema.ts'
import { source } from '../settings.ts'

export const result = z.array(
  z.strictObject({
    key: z.string(),
    value: z.string(),
    source,
    variable: z.string(),
    description: z.string(),
  } satisfies Shape<ListedSetting>),
)
export type Result = ResultOf<typeof result>
