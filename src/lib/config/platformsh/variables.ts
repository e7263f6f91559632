import type { ApplicationSpec } from '../environment-spec.ts'

export type VariablesInput = Readonly<Record<string, Readonly<Record<string, unknown>> | null | undefined>>

/**
 * `variables` as environment variables: those under `env` as they are, all others together in one named
 * `<prefix>VARIABLES` (base64 of JSON, keys `prefix:name`); what is no text is JSON (docs.platform.sh, "Use variables").
 */
export function toVariables(
  variables: VariablesInput,
  prefix: ApplicationSpec['variablesPrefix'],
): Record<string, string> {
  const result: Record<string, string> = {}
  const collected: Record<string, unknown> = {}
  for (const [group, values] of Object.entries(variables)) {
    for (const [name, value] of Object.entries(values ?? {})) {
      if (group === 'env') result[name] = asText(value)
      else collected[`${group}:${name}`] = value
    }
  }
  if (Object.keys(collected).length > 0)
    result[`${prefix}VARIABLES`] = Buffer.from(JSON.stringify(collected)).toString('base64')
  return result
}

/** Groups of both, names of `over` win. */
export function mergeVariables(base: VariablesInput, over: VariablesInput): VariablesInput {
  const merged: Record<string, Readonly<Record<string, unknown>>> = {}
  for (const [group, values] of [...Object.entries(base), ...Object.entries(over)])
    merged[group] = { ...merged[group], ...values }
  return merged
}

/** Settings for PHP's ini file. */
export function phpSettings(variables: VariablesInput): Record<string, string> {
  return Object.fromEntries(Object.entries(variables['php'] ?? {}).map(([name, value]) => [name, asText(value)]))
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
