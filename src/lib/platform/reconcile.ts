import type { Activities } from './activities/port.ts'
import { hostsOf, liveRelease, placeOf } from './deploy/deployments.ts'
import { releaseState } from './deploy/desired.ts'
import type { DeployDeps } from './deploy/deps.ts'

/**
 * After a start of the platform: requests go on where they went, the engine gets what should run. Environments with an
 * unfinished change keep what they have: the change goes on by itself.
 */
export async function reconcile(
  { engine, routing, store }: DeployDeps,
  activities: Activities,
  onError: (error: unknown) => void,
): Promise<void> {
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
        const isChanging = changing.has(`${place.project.name}/${place.environment.name}`)
        if (!isChanging) {
          await engine.apply({
            environment: id,
            generation: store.environments.nextGeneration(id),
            releases: [releaseState(release, 100)],
          })
        }
        await routing.direct(release, hostsOf(store, release), { held: isChanging && routing.isHeld(id) })
      } catch (error) {
        onError(error)
      }
    }),
  )
}
