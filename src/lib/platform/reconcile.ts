import type { Activities } from './activities/port.ts'
import { applyReleases } from './deploy/apply-releases.ts'
import { hostsOf, liveRelease, type Place, placeOf, requireLive, toRelease } from './deploy/deployments.ts'
import { releaseState } from './deploy/desired.ts'
import type { DeployDeps } from './deploy/deps.ts'
import { pausedPage } from './environments/paused-page.ts'

/**
 * After a start of the platform: requests go on where they went, the engine gets what should run. Environments with an
 * unfinished change keep what they have: the change goes on by itself.
 */
export async function reconcile(
  deps: DeployDeps,
  activities: Activities,
  onError: (error: unknown) => void,
): Promise<void> {
  const { routing, store } = deps
  const changing = new Set(
    (['queued', 'running', 'waiting'] as const)
      .flatMap(state => activities.list({ state }))
      .map(({ environment, project }) => `${project}/${environment}`),
  )
  await Promise.all(
    store.environments.list().map(async ({ id }) => {
      try {
        const place = placeOf(store, id)
        const release = liveRelease(store, place)
        if (!release) return
        if (place.environment.status === 'paused')
          return await routing.shut(release, hostsOf(store, release), pausedPage(place))
        const isChanging = changing.has(`${place.project.name}/${place.environment.name}`)
        if (!isChanging) await applyLive(deps, place).catch(onError)
        await routing.direct(release, hostsOf(store, release), { held: isChanging && routing.isHeld(id) })
      } catch (error) {
        onError(error)
      }
    }),
  )
}

async function applyLive(deps: DeployDeps, place: Place): Promise<void> {
  const release = await toRelease(deps, requireLive(deps.store, place), place)
  await applyReleases(deps, place.environment.id, { of: [release], releases: [releaseState(release, 100)] })
}
