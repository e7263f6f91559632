import { AppError } from '../../core/errors.ts'
import type { DeployDeps } from '../deploy/deps.ts'
import type { Frozen } from '../engine/port.ts'

/** A hold that nobody renews ends after this time, ms: a platform that dies does not leave requests waiting. */
const LEASE_MS = 10_000
const RENEW_MS = 3_000
/** How long requests that are being answered may take to finish, ms. */
const DRAIN_MS = 2_000
/** Longest time that applications stand still, ms. */
const MAX_MS = 15 * 60_000

export interface Held<T> {
  readonly value: T
  /** How long requests waited at most, ms. */
  readonly pausedMs: number
}

/**
 * Runs something while nothing of an environment's applications writes: requests wait at the edge, those that are being
 * answered finish, then all of its processes but the managed services' stand still. They go on whatever happens, also when the
 * platform dies; `run` is told when they did before it was done.
 * @throws failed.dump when they went on too early, what `run` throws
 */
export async function whileHeld<T>(
  { edge, engine, routing }: Pick<DeployDeps, 'edge' | 'engine' | 'routing'>,
  environment: string,
  run: (lost: AbortSignal) => Promise<T>,
): Promise<Held<T>> {
  const begun = Date.now()
  const hold = (): Promise<void> => routing.hold(environment, true, Date.now() + LEASE_MS)
  const renewal = setInterval(() => void hold().catch(() => undefined), RENEW_MS)
  try {
    await hold()
    const instances = await engine.instances(environment)
    await edge.drain(
      instances.flatMap(({ endpoint }) => endpoint ?? []),
      DRAIN_MS,
    )
    const frozen = await engine.freeze(environment, { maxMs: MAX_MS })
    try {
      return { value: await whileFrozen(frozen, run), pausedMs: Date.now() - begun }
    } finally {
      await frozen.thaw()
    }
  } finally {
    clearInterval(renewal)
    await routing.hold(environment, false)
  }
}

async function whileFrozen<T>({ lost }: Frozen, run: (lost: AbortSignal) => Promise<T>): Promise<T> {
  try {
    const value = await run(lost)
    lost.throwIfAborted()
    return value
  } catch (error) {
    if (!lost.aborted) throw error
    throw new AppError('failed.dump', 'the applications went on before everything was copied', {
      cause: error,
      suggestions: ['repeat it', 'pass --live, which holds nothing'],
    })
  }
}
