import * as z from 'zod/mini'
import { formation } from '../../protocol/model-schemas.ts'
import type { ActivityContext, ActivityHandler } from '../activities/port.ts'
import { environmentLane } from './deploy-activity.ts'
import { type Place, placeOf, requireLive, toRelease } from './deployments.ts'
import type { DeployDeps } from './deps.ts'
import { releaseState } from './desired.ts'
import { oneByOneMs, untilReady } from './readiness.ts'

const scaleInput = z.object({ environment: z.string(), services: z.array(formation()) })
const restartInput = z.object({ environment: z.string(), services: z.array(z.string()) })

/** Changes how many instances of what size run, without a new deployment. */
export function scaleHandler(deps: DeployDeps): ActivityHandler<z.infer<typeof scaleInput>> {
  return {
    input: { parse: value => z.parse(scaleInput, value) },
    lanes: ({ environment }) => [{ capacity: 1, lane: environmentLane(environment) }],
    async run(context) {
      const { environment, services } = context.input
      await context.inLane(environmentLane(environment), async () => {
        await context.step('record', () => {
          const { environment: before } = placeOf(deps.store, environment)
          const wanted = [
            ...before.formation.filter(({ service }) => !services.some(change => change.service === service)),
            ...services,
          ]
          const live = requireLive(deps.store, placeOf(deps.store, environment))
          deps.store.transaction(() => {
            deps.store.environments.update(environment, { formation: wanted })
            deps.store.deployments.update(live.id, { formation: wanted })
          })
        })
        await converge(deps, context, environment)
      })
    },
    type: 'scale',
  }
}

/** Starts instances anew, one at a time. */
export function restartHandler(deps: DeployDeps): ActivityHandler<z.infer<typeof restartInput>> {
  return {
    input: { parse: value => z.parse(restartInput, value) },
    lanes: ({ environment }) => [{ capacity: 1, lane: environmentLane(environment) }],
    async run(context) {
      const { environment, services } = context.input
      await context.inLane(environmentLane(environment), async () => {
        await context.step('record', () => {
          const live = requireLive(deps.store, placeOf(deps.store, environment))
          const tokens = Object.fromEntries(services.map(service => [service, context.activity.id]))
          deps.store.deployments.update(live.id, { restarts: { ...live.restarts, ...tokens } })
        })
        await converge(deps, context, environment)
      })
    },
    type: 'restart',
  }
}

/** Gives the engine what the live deployment says now, and waits until it is so. */
async function converge({ engine, store }: DeployDeps, context: ActivityContext, environment: string): Promise<void> {
  const place: Place = placeOf(store, environment)
  const state = releaseState(toRelease(store, requireLive(store, place), place), 100)
  const generation = await context.step('apply', async () => {
    const next = store.environments.nextGeneration(environment)
    await engine.apply({ environment, generation: next, releases: [state] })
    return next
  })
  context.phase('health')
  await untilReady({
    engine,
    environment,
    generation,
    onProgress: message => context.log({ message }),
    release: state,
    signal: context.signal,
    timeoutMs: oneByOneMs(state),
  })
}
