import * as z from 'zod/mini'
import type { ActivityContext, ActivityHandler } from '../activities/port.ts'
import { environmentLane } from '../deploy/deploy-activity.ts'
import { hostsOf, placeOf, requireLive, toStoredRelease } from '../deploy/deployments.ts'
import type { DeployDeps } from '../deploy/deps.ts'
import { startLive } from '../deploy/live-activities.ts'
import { pausedPage } from './paused-page.ts'
import { stopAll } from './stop-all.ts'

const input = z.object({ environment: z.string() })
type Handler = ActivityHandler<z.infer<typeof input>>

/** Stops all that runs in an environment, its managed services too, and keeps its data. Repeating it changes nothing. */
export function pauseHandler(deps: DeployDeps): Handler {
  return inEnvironment('environment.pause', async context => {
    const { environment } = context.input
    const { routing, store } = deps
    const place = placeOf(store, environment)
    const release = toStoredRelease(store, requireLive(store, place), place)
    context.commit()
    context.phase('pause')
    // first of all: whatever happens then, a platform that starts keeps it paused
    await context.step('record', () => void store.environments.update(environment, { status: 'paused' }))
    await context.step('routes', () => routing.shut(release, hostsOf(store, release), pausedPage(place)))
    await context.step('stop', () => stopAll(deps, environment))
  })
}

/** Starts what a paused environment ran, its managed services first. When that fails it stays paused. */
export function resumeHandler(deps: DeployDeps): Handler {
  return inEnvironment('environment.resume', async context => {
    const { environment } = context.input
    const { routing, store } = deps
    const place = placeOf(store, environment)
    const release = toStoredRelease(store, requireLive(store, place), place)
    const isPaused = await context.step('paused', () => store.environments.get(environment)?.status === 'paused')
    if (!isPaused) return context.log({ message: 'it is not paused: nothing to do' })
    try {
      await startLive(deps, context, environment)
    } catch (error) {
      if (!context.interrupted) await stopAll(deps, environment)
      throw error
    }
    await context.step('record', () => void store.environments.update(environment, { status: 'active' }))
    await context.step('routes', () => routing.direct(release, hostsOf(store, release)))
  })
}

function inEnvironment(type: string, run: (context: ActivityContext<z.infer<typeof input>>) => Promise<void>): Handler {
  return {
    input: { parse: value => z.parse(input, value) },
    lanes: ({ environment }) => [{ capacity: 1, lane: environmentLane(environment) }],
    run: context => context.inLane(environmentLane(context.input.environment), () => run(context)),
    type,
  }
}
