import type { ProbesSpec, ProbeSpec } from '../../config/environment-spec.ts'
import { AppError } from '../../core/errors.ts'
import type { Engine, EngineInstance, ReleaseState, ServiceState } from '../engine/port.ts'

/** An instance that crashed this often before it was ever ready will not become ready. */
const CRASHES = 3
const DEFAULT_DEADLINE_MS = 60_000
const SHORTEST_DEADLINE_MS = 20_000

export interface ReadinessOptions {
  readonly engine: Engine
  readonly environment: string
  readonly release: ReleaseState
  /** Of the desired state that wants the release like this. */
  readonly generation: number
  /** How long it may take, ms: what the slowest probes allow unless told. */
  readonly timeoutMs?: number | undefined
  /** Of the activity, for what is said of a failure; `health` unless told. */
  readonly phase?: string | undefined
  readonly signal: AbortSignal
  /** Told what is still awaited, whenever that changes. */
  readonly onProgress?: ((message: string) => void) | undefined
}

/**
 * Resolves when every instance of the release is as wanted and ready, and no other one of it is left.
 * @throws failed.start when an instance keeps crashing, failed.health when the deadline passes: both with the last lines
 * it printed in `details.lastLines`
 */
export async function untilReady({
  engine,
  environment,
  generation,
  onProgress,
  phase = 'health',
  release,
  signal,
  timeoutMs = slowestMs(release),
}: ReadinessOptions): Promise<void> {
  const deadline = AbortSignal.timeout(timeoutMs)
  const either = AbortSignal.any([signal, deadline])
  let latest: readonly EngineInstance[] = []
  let reported = ''
  for await (const all of engine.watch(environment, either)) {
    latest = all.filter(instance => instance.release === release.id && instance.state !== 'stopped')
    const current = latest.filter(instance => instance.generation >= generation)
    const crashed = current.find(
      ({ restarts, state }) => state === 'failed' || (state === 'backing-off' && restarts >= CRASHES),
    )
    if (crashed)
      throw notReady('failed.start', `${crashed.id} does not start${exitOf(crashed)}`, { instance: crashed, phase })
    const awaited = [...missing(release.services, current), ...leaving(latest.length - current.length)].join(', ')
    if (awaited === '') return
    // what is seen before any instance is as wanted may be from before the desired state was known
    if (current.length === 0 || awaited === reported) continue
    onProgress?.(`waiting until ready: ${awaited}`)
    reported = awaited
  }
  signal.throwIfAborted()
  const late = latest.find(instance => instance.state !== 'ready' || instance.generation < generation)
  throw notReady('failed.health', lateness(late), { instance: late, phase })
}

/** Resolves when no instance of `release` outside `keep` runs any more. */
export async function untilGone(
  engine: Engine,
  environment: string,
  options: { readonly release: string; readonly keep: ReadonlySet<string>; readonly signal: AbortSignal },
): Promise<void> {
  const { keep, release, signal } = options
  for await (const all of engine.watch(environment, signal)) {
    if (
      all.every(instance => instance.release !== release || keep.has(instance.service) || instance.state === 'stopped')
    )
      return
  }
  signal.throwIfAborted()
}

/** Resolves when nothing of the environment runs any more. */
export async function untilAllGone(engine: Engine, environment: string): Promise<void> {
  for await (const all of engine.watch(environment, new AbortController().signal)) {
    if (all.every(({ state }) => state === 'stopped')) return
  }
}

/** How long a release with these probes may take: what the probes themselves allow, within reason. */
function deadlineMs({ readiness, startup }: ProbesSpec): number {
  const allowed = [startup, readiness].filter(probe => probe !== undefined).map(probeMs)
  return allowed.length === 0
    ? DEFAULT_DEADLINE_MS
    : Math.max(
        SHORTEST_DEADLINE_MS,
        allowed.reduce((sum, ms) => sum + ms, 0),
      )
}

function probeMs({ failureThreshold, initialDelayMs, periodMs, timeoutMs }: ProbeSpec): number {
  return initialDelayMs + (periodMs + timeoutMs) * (failureThreshold + 1)
}

function slowestMs({ services }: ReleaseState): number {
  const started = services.filter(({ count }) => count > 0)
  return started.length === 0 ? DEFAULT_DEADLINE_MS : Math.max(...started.map(({ probes }) => deadlineMs(probes)))
}

/** How long it may take when instances are replaced one after the other. */
export function oneByOneMs({ services }: ReleaseState): number {
  return services
    .map(({ count, graceMs, probes }) => Math.max(1, count) * (graceMs + deadlineMs(probes)))
    .reduce((sum, ms) => sum + ms, 0)
}

function missing(services: readonly ServiceState[], current: readonly EngineInstance[]): string[] {
  return services
    .filter(service => readyOf(service, current) < service.count)
    .map(service => `${service.name} ${readyOf(service, current)}/${service.count}${recovery(service, current)}`)
}

function recovery({ name }: ServiceState, instances: readonly EngineInstance[]): string {
  const isRecovering = instances.some(({ isRecovering: is, service }) => service === name && is === true)
  return isRecovering ? ', which recovers its data after a crash' : ''
}

function leaving(count: number): string[] {
  return count > 0 ? [`${count} still to end`] : []
}

function readyOf(service: ServiceState, instances: readonly EngineInstance[]): number {
  return instances.filter(instance => instance.service === service.name && instance.state === 'ready').length
}

function lateness(late: EngineInstance | undefined): string {
  return late?.isRecovering === true
    ? `${late.id} still recovers its data after a crash, and is left to it`
    : `${late?.id ?? 'the release'} did not become ready in time`
}

function exitOf({ exitCode }: EngineInstance): string {
  return exitCode === undefined ? '' : `: it exited with code ${exitCode}`
}

function notReady(
  code: 'failed.health' | 'failed.start',
  message: string,
  { instance, phase }: { readonly instance: EngineInstance | undefined; readonly phase: string },
): AppError {
  return new AppError(code, message, {
    details: {
      instance: instance?.id,
      lastLines: instance?.lastLines ?? [],
      phase,
      service: instance?.service,
    },
    suggestions: [
      ...(instance?.isRecovering ? ['repeat it once `aloft services` shows it ready'] : []),
      ...(instance ? [`aloft logs ${instance.service}`] : []),
    ],
  })
}
