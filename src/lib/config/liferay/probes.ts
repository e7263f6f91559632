import type { ProbeSpec, ProbesSpec } from '../environment-spec.ts'
import type { ProbeInput, ServiceInput } from './schema.ts'

/** Defaults: learn.liferay.com, "Self-Healing"; timeout 5 s: "Configuration via LCP.json". */
export function toProbes({ livenessProbe, readinessProbe, startupProbe }: ServiceInput): ProbesSpec {
  return {
    liveness: livenessProbe && { ...toProbe(livenessProbe), successThreshold: 1 },
    readiness: readinessProbe && toProbe(readinessProbe),
    startup: startupProbe && toProbe(startupProbe),
  }
}

/** A probe without a check of its own only asks whether the port is open. */
function toProbe(probe: ProbeInput): ProbeSpec {
  return {
    check: toCheck(probe),
    failureThreshold: probe.failureThreshold ?? 3,
    initialDelayMs: (probe.initialDelaySeconds ?? 0) * 1000,
    periodMs: (probe.periodSeconds ?? 10) * 1000,
    successThreshold: probe.successThreshold ?? 1,
    timeoutMs: (probe.timeoutSeconds ?? 5) * 1000,
  }
}

function toCheck({ exec, httpGet, tcpSocket }: ProbeInput): ProbeSpec['check'] {
  if (httpGet) return { kind: 'http', path: httpGet.path, port: httpGet.port }
  if (exec) return { command: exec.command, kind: 'exec' }
  return { kind: 'tcp', port: tcpSocket?.port }
}
