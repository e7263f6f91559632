import type { ProbeSpec, ProbesSpec } from '../environment-spec.ts'
import type { ExtendedInput, HealthProbe } from './schemas.ts'

/** `health` of `aloft.yaml`; numbers that are not given are those of Kubernetes, but a shorter period. */
export function toProbes(health: NonNullable<ExtendedInput['health']>): ProbesSpec {
  return {
    liveness: health.liveness ? toProbe(health.liveness) : undefined,
    readiness: health.readiness ? toProbe(health.readiness) : undefined,
    startup: health.startup ? toProbe(health.startup) : undefined,
  }
}

function toProbe(probe: HealthProbe): ProbeSpec {
  return {
    check: toCheck(probe),
    failureThreshold: probe.failureThreshold ?? 3,
    initialDelayMs: probe.initialDelay ?? 0,
    periodMs: probe.period ?? 5000,
    successThreshold: probe.successThreshold ?? 1,
    timeoutMs: probe.timeout ?? 5000,
  }
}

function toCheck({ command, path, port, tcp }: HealthProbe): ProbeSpec['check'] {
  if (path) return { kind: 'http', path, port: port ?? undefined }
  if (tcp) return { kind: 'tcp', port: typeof tcp === 'number' ? tcp : (port ?? undefined) }
  return { command: typeof command === 'string' ? ['sh', '-c', command] : (command ?? []), kind: 'exec' }
}
