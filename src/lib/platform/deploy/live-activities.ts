import * as z from 'zod/mini'
import { formation } from '../../protocol/model-schemas.ts'
import type { ActivityContext, ActivityHandler } from '../activities/port.ts'
import type { ReleaseState } from '../engine/port.ts'
import { environmentLane } from './deploy-activity.ts'
import { type Place, placeOf, requireLive, toRelease } from './deployments.ts'
import type { DeployDeps } from './deps.ts'
import { applyReleases } from './apply-releases.ts'
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
          const managed = new Set(live.spec.services.map(({ name }) => name))
          const own = services.filter(service => !managed.has(service))
          const tokens = Object.fromEntries(own.map(service => [service, context.activity.id]))
          deps.store.transaction(() => {
            deps.store.deployments.update(live.id, { restarts: { ...live.restarts, ...tokens } })
            for (const service of services.filter(name => managed.has(name)))
              deps.store.managedServices.update(environment, service, { restart: context.activity.id })
          })
        })
        await converge(deps, context, environment)
      })
    },
    type: 'restart',
  }
}

/** Starts what the live deployment says where nothing runs: applications find their managed services ready. */
export async function startLive(deps: DeployDeps, context: ActivityContext, environment: string): Promise<void> {
  const { store } = deps
  const place = placeOf(store, environment)
  const release = await toRelease(deps, requireLive(store, place), place)
  if (release.spec.services.length > 0) {
    context.phase('services')
    const { generation, services } = await context.step('services', () =>
      applyReleases(deps, environment, { of: [release], releases: [] }),
    )
    if (services) await untilStarted(deps, context, { environment, generation, release: services })
  }
  context.phase('start')
  await converge(deps, context, environment)
}

/** Gives the engine what the live deployment says now, and waits until it is so. */
async function converge(deps: DeployDeps, context: ActivityContext, environment: string): Promise<void> {
  const { store } = deps
  const place: Place = placeOf(store, environment)
  const release = await toRelease(deps, requireLive(store, place), place)
  const state = releaseState(release, 100)
  const { generation, services } = await context.step('apply', () =>
    applyReleases(deps, environment, { of: [release], releases: [state] }),
  )
  context.phase('health')
  for (const awaited of services ? [services, state] : [state])
    await untilStarted(deps, context, { environment, generation, release: awaited })
}

function untilStarted(
  { engine }: DeployDeps,
  context: ActivityContext,
  awaited: { readonly environment: string; readonly generation: number; readonly release: ReleaseState },
): Promise<void> {
  return untilReady({
    ...awaited,
    engine,
    onProgress: message => context.log({ message }),
    signal: context.signal,
    timeoutMs: oneByOneMs(awaited.release),
  })
}
