import type { ActivityContext } from '../activities/port.ts'
import { applyReleases } from '../deploy/apply-releases.ts'
import type { DeployDeps } from '../deploy/deps.ts'
import { oneByOneMs, untilReady } from '../deploy/readiness.ts'
import type { Release } from '../deploy/release.ts'

/** The managed services of a release, and nothing else, until they are ready. @throws failed.start, failed.health */
export async function startServices(
  deps: DeployDeps,
  context: ActivityContext,
  { release, without }: { readonly release: Release; readonly without: ReadonlySet<string> },
): Promise<void> {
  const { id } = release.environment
  const { generation, services } = await applyReleases(deps, id, { of: [release], releases: [], without })
  if (!services) return
  await untilReady({
    engine: deps.engine,
    environment: id,
    generation,
    onProgress: message => context.log({ message }),
    phase: 'services',
    release: services,
    signal: context.signal,
    timeoutMs: oneByOneMs(services),
  })
}
