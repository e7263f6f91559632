import type { ApplicationSpec, ManagedServiceSpec, RelationshipSpec } from '../../config/environment-spec.ts'
import type { ServiceConnection } from '../services/port.ts'
import type { Release, ReleaseService } from './release.ts'

/** A relationship of an application with how it is reached. */
export interface Related {
  readonly relationship: RelationshipSpec
  readonly service: ManagedServiceSpec
  readonly connections: readonly [ServiceConnection, ...ServiceConnection[]]
}

/** Whose relationships the processes of a service have: a worker's own are in place of its application's. */
export function relationshipHolder({
  application,
  worker,
}: Pick<ReleaseService, 'application' | 'worker'>): ApplicationSpec {
  const { name = application.name, relationships = application.relationships } =
    worker?.relationships === undefined ? {} : worker
  return { ...application, name, relationships }
}

/** The relationships of an application that lead somewhere, in the order of the file. */
export function relatedServices(
  { relationships, spec }: Pick<Release, 'relationships' | 'spec'>,
  application: ApplicationSpec,
): readonly Related[] {
  return (application.relationships ?? []).flatMap(relationship => {
    const service = spec.services.find(({ name }) => name === relationship.service)
    const [first, ...others] = relationships[application.name]?.[relationship.name] ?? []
    return service && first ? { connections: [first, ...others] as const, relationship, service } : []
  })
}

/** On Liferay a database is also reached by this name with `--route` behind it (learn.liferay.com, "Database service"). */
const ROUTE = '--route'

/** The host names that an application's processes have to know, each with its address. */
export function hostNames(
  release: Pick<Release, 'relationships' | 'spec'>,
  application: ApplicationSpec,
): Record<string, string> {
  const all = relatedServices(release, application).flatMap(({ connections }) => connections)
  return Object.fromEntries(
    all.flatMap(({ host, ip }) => {
      if (ip === undefined || ip === host) return []
      const names = application.variablesPrefix === 'LCP_' ? [host, `${host}${ROUTE}`] : [host]
      return names.map(name => [name, ip] as const)
    }),
  )
}
