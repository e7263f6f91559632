import * as z from 'zod/mini'
import { errorDocument } from './model.ts'

/** What a result module exports: `result` of a command that prints one document, `event` of one that streams. */
export type ResultModule = { readonly result: z.ZodMiniType } | { readonly event: z.ZodMiniType }

const warnings = z.array(z.string())
const failure = z.strictObject({ version: z.literal(1), error: errorDocument, warnings })
const streamed = [
  z.strictObject({ type: z.literal('warning'), message: z.string() }),
  z.strictObject({ type: z.literal('error'), error: errorDocument }),
] as const

/** All that a command prints under `--json`: the document, or each of its lines. */
export function outputOf(module: ResultModule): z.ZodMiniType {
  if ('event' in module) return z.union([module.event, ...streamed])
  return z.union([z.strictObject({ version: z.literal(1), result: module.result, warnings }), failure])
}

/** What is printed when there is no command yet. */
export const failureDocument: z.ZodMiniType = failure
