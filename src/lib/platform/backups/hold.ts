import type { DeployDeps } from '../deploy/deps.ts'

/** A hold that nobody renews ends after this time, ms: a platform that dies does not leave requests waiting. */
const LEASE_MS = 10_000
const RENEW_MS = 3_000
/** How long requests that are being answered may take to finish, ms. */
const DRAIN_MS = 2_000

export interface Held<T> {
  readonly value: T
  /** How long requests waited at most, ms. */
  readonly pausedMs: number
}

/**
 * Runs something while nothing of an environment's applications writes: requests wait at the edge, those that are being
 * answered finish. They go on whatever happens, also when the platform dies.
 */
export async function whileHeld<T>(
  { edge, engine, routing }: Pick<DeployDeps, 'edge' | 'engine' | 'routing'>,
  environment: string,
  run: () => Promise<T>,
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
    return { value: await run(), pausedMs: Date.now() - begun }
  } finally {
    clearInterval(renewal)
    await routing.hold(environment, false)
  }
}
