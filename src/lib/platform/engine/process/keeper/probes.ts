import type { ProbesSpec, ProbeSpec } from '../../../../config/environment-spec.ts'
import type { Clock } from '../../../../core/clock.ts'
import { checkOnce, type ProbeTarget } from './probe-check.ts'

/** Until first ready we look at least this often: a start should not wait for a long period. */
const STARTING_PERIOD_MS = 100
/** A worker without a probe counts as ready when it has run this long. */
const WORKER_READY_MS = 300
/** How often one that has not started yet is asked whether it recovers, at most. */
const RECOVERY_PERIOD_MS = 60_000

export interface HealthOptions {
  readonly probes: ProbesSpec
  readonly target: ProbeTarget
  /**
   * Whether its endpoint accepts connections: it is never ready before, whatever a probe says. Absent: it listens nowhere,
   * and without a probe is ready after a moment.
   */
  readonly accepts: (() => Promise<boolean>) | undefined
  /** Looks for the endpoint before each check until first ready. */
  readonly discover: () => Promise<void>
  readonly onReady: (isReady: boolean) => void
  /** Whether it says that it recovers after a crash: it is not given up meanwhile. Absent: it never does. */
  readonly recovers?: (() => Promise<boolean>) | undefined
  /** Resolves unless it is frozen, with the milliseconds for which it was so far. */
  readonly released: () => Promise<number>
  /** Startup or liveness failed: it has to be restarted. Called once. */
  readonly onUnhealthy: (reason: string) => void
  readonly clock: Clock
}

/**
 * Watches one run of an instance until the signal aborts. As in Kubernetes: the startup probe holds the others back and
 * has failureThreshold periods, and goes on while the instance recovers; readiness and liveness turn after their thresholds in a row.
 */
export async function watchHealth(options: HealthOptions, signal: AbortSignal): Promise<void> {
  const { onUnhealthy, probes } = options
  if (probes.startup && !(await hasStarted(probes.startup, options, signal))) {
    if (!signal.aborted) onUnhealthy('the startup probe failed')
    return
  }
  await Promise.all([
    watchReadiness(options, signal),
    probes.liveness && watchLiveness(probes.liveness, options, signal),
  ])
}

async function hasStarted(probe: ProbeSpec, options: HealthOptions, signal: AbortSignal): Promise<boolean> {
  const { clock, discover, recovers, released } = options
  const running = async (): Promise<number> => clock.now() - (await released())
  await clock.sleep(probe.initialDelayMs, signal)
  const limit = probe.periodMs * probe.failureThreshold
  const pause = Math.min(limit, RECOVERY_PERIOD_MS)
  const begun = await running()
  let [deadline, nextAsked] = [begun + limit, begun + pause]
  for (let now = begun; ; now = await running()) {
    if (now >= Math.min(deadline, nextAsked)) {
      nextAsked = now + pause
      if (await recovers?.()) deadline = Math.max(deadline, nextAsked)
      // it may have recovered just now
      else if (now >= deadline) return await look(probe, options)
    }
    await discover()
    if (await look(probe, options)) return true
    await clock.sleep(Math.min(STARTING_PERIOD_MS, probe.periodMs), signal)
  }
}

async function watchReadiness(options: HealthOptions, signal: AbortSignal): Promise<void> {
  const { accepts, clock, discover, onReady, probes } = options
  if (probes.readiness) return followReadiness(probes.readiness, options, signal)
  if (!accepts) {
    await clock.sleep(WORKER_READY_MS, signal)
    return onReady(true)
  }
  for (; !(await accepts()); await clock.sleep(STARTING_PERIOD_MS / 2, signal)) await discover()
  signal.throwIfAborted()
  onReady(true)
}

async function followReadiness(probe: ProbeSpec, options: HealthOptions, signal: AbortSignal): Promise<void> {
  const { accepts, clock, discover, onReady } = options
  await clock.sleep(probe.initialDelayMs, signal)
  let [isReady, wasReady, streak] = [false, false, 0]
  for (;;) {
    if (!wasReady) await discover()
    const isGood = (await look(probe, options)) && (wasReady || !accepts || (await accepts()))
    signal.throwIfAborted()
    streak = isGood === isReady ? 0 : streak + 1
    if (streak >= (isReady ? probe.failureThreshold : probe.successThreshold)) {
      isReady = !isReady
      wasReady = true
      streak = 0
      onReady(isReady)
    }
    await clock.sleep(wasReady ? probe.periodMs : Math.min(probe.periodMs, STARTING_PERIOD_MS), signal)
  }
}

async function watchLiveness(probe: ProbeSpec, options: HealthOptions, signal: AbortSignal): Promise<void> {
  const { clock, onUnhealthy } = options
  await clock.sleep(probe.initialDelayMs, signal)
  for (let failures = 0; failures < probe.failureThreshold;) {
    await clock.sleep(probe.periodMs, signal)
    failures = (await look(probe, options)) ? 0 : failures + 1
  }
  signal.throwIfAborted()
  onUnhealthy('the liveness probe failed')
}

/** One look; one that failed while the instance was frozen does not count. */
async function look(probe: ProbeSpec, { released, target }: HealthOptions): Promise<boolean> {
  for (let held = await released(); ;) {
    if (await checkOnce(probe, target)) return true
    const heldSince = held
    held = await released()
    if (held === heldSince) return false
  }
}
