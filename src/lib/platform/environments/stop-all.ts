import { applyReleases } from '../deploy/apply-releases.ts'
import type { DeployDeps } from '../deploy/deps.ts'
import { untilAllGone } from '../deploy/readiness.ts'

/** Stops all that runs in an environment, its managed services too. */
export async function stopAll(deps: DeployDeps, environment: string): Promise<void> {
  await applyReleases(deps, environment, { of: [], releases: [] })
  await untilAllGone(deps.engine, environment)
}
