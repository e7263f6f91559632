import type { EnvironmentSpec } from '../../config/environment-spec.ts'
import type { ActivityContext } from '../activities/port.ts'
import { SERVICES_RELEASE } from '../services/port.ts'
import { applyReleases } from './apply-releases.ts'
import type { DeployDeps } from './deps.ts'
import { releaseState } from './desired.ts'
import { untilGone } from './readiness.ts'
import type { Release } from './release.ts'

/** Said before it is done. */
export function deletionWarning(service: string): string {
  return `the service ${service} is deleted with its data once this deployment is live: it names it no more`
}

/** Makes what the managed services of a deployment need, before anything is told how to reach them. */
export async function prepareServices(
  { services, store }: DeployDeps,
  context: ActivityContext,
  { environment, isReturn, spec }: { environment: string; isReturn: boolean; spec: EnvironmentSpec },
): Promise<void> {
  for (const name of services.removed(environment, spec))
    context.log({ level: 'warning', message: deletionWarning(name) })
  if (spec.services.length === 0) return
  context.phase('services')
  const missing = await context.step('services-missing', () =>
    spec.services.flatMap(({ name }) => (store.managedServices.get(environment, name) ? [] : [name])),
  )
  await context.step('services-prepare', () =>
    services.prepare(environment, spec, {
      note: (message, level) => context.log({ level, message }),
      signal: context.signal,
    }),
  )
  if (!isReturn) return
  for (const name of missing)
    context.warn(`the service ${name} was deleted since that deployment: it is made anew and is empty`)
}

/** Once the release is live: services that it has no more are stopped and, where their cloud does so, deleted with their data. */
export async function retireServices(deps: DeployDeps, context: ActivityContext, release: Release): Promise<void> {
  const { engine, services } = deps
  const { id } = release.environment
  const names = await context.step('services-removed', () => services.removed(id, release.spec))
  if (names.length === 0) return
  context.phase('retire')
  await context.step('services-stop', async () => {
    await applyReleases(deps, id, { of: [release], releases: [releaseState(release, 100)] })
    const keep = new Set(release.spec.services.map(({ name }) => name))
    await untilGone(engine, id, { keep, release: SERVICES_RELEASE, signal: context.signal })
  })
  await context.step('services-delete', () => services.retire(id, release.spec))
  for (const name of names) context.log({ level: 'warning', message: `the service ${name} was deleted with its data` })
}
