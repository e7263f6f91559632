import type { ProbesSpec, ProbeSpec } from '../../config/environment-spec.ts'

/** Of a server that says of no recovery; one that recovers may take longer. */
const START_MS = 600_000
const PERIOD_MS = 10_000
const TIMEOUT_MS = 5_000

/** A command that succeeds when the database takes queries: asked often until it first does, then now and then. */
export function databaseProbes(command: readonly string[]): ProbesSpec {
  return serviceProbes({ command, kind: 'exec' })
}

export function serviceProbes(check: ProbeSpec['check']): ProbesSpec {
  const common = { check, initialDelayMs: 0, successThreshold: 1, timeoutMs: TIMEOUT_MS } as const
  return {
    readiness: { ...common, failureThreshold: 3, periodMs: PERIOD_MS },
    startup: { ...common, failureThreshold: START_MS / PERIOD_MS, periodMs: PERIOD_MS },
  }
}
