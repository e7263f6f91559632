import type { EnvironmentType } from '../../core/model.ts'
import type { Place } from '../deploy/deployments.ts'
import type { EnvironmentRecord, Store } from '../store/port.ts'

export interface NewChild {
  readonly name: string
  readonly type?: EnvironmentType | undefined
}

/** A new environment with the variables of its parent, as they are now. @throws conflict.exists */
export function createBelow(store: Store, parent: Place, { name, type = 'development' }: NewChild): EnvironmentRecord {
  const { environment, project } = parent
  return store.transaction(() => {
    const record = store.environments.create({ name, parent: environment.id, project: project.id, type })
    for (const variable of store.variables.list({ environment: environment.id, project: project.id }))
      store.variables.set({ environment: record.id, project: project.id }, variable)
    return record
  })
}
