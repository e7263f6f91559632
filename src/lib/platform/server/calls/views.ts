import type { Deployment, Environment, Variable, VariableLevel } from '../../../core/model.ts'
import type { DeploymentRecord, EnvironmentRecord, Store, VariableRecord } from '../../store/port.ts'
import { nameOf } from '../lookup.ts'

/** How records look from outside. */
export function toEnvironment(store: Store, record: EnvironmentRecord): Environment {
  const live = record.deployment === undefined ? undefined : store.deployments.get(record.deployment)
  return {
    createdAt: record.createdAt,
    deployment: record.deployment,
    id: record.id,
    name: record.name,
    parent: nameOf(store, record.parent),
    project: store.projects.get(record.project)?.name,
    status: record.status,
    type: record.type,
    urls: live?.urls ?? [],
  }
}

export function toDeployment(store: Store, record: DeploymentRecord): Deployment {
  const builds = Object.entries(record.builds).map(([application, { id }]) => [application, id] as const)
  return {
    activity: record.activity,
    builds: Object.fromEntries(builds),
    createdAt: record.createdAt,
    environment: nameOf(store, record.environment) ?? record.environment,
    id: record.id,
    message: record.message,
    project: store.projects.get(record.project)?.name,
    revision: record.revision,
    status: record.status,
    urls: record.urls,
  }
}

export function toVariable(
  { name, secret, updatedAt, value, visibleAtBuild, visibleAtRuntime }: VariableRecord,
  { inherited, level }: { level: VariableLevel; inherited: boolean },
): Variable {
  return { inherited, level, name, secret, updatedAt, visibleAtBuild, visibleAtRuntime, ...(secret ? {} : { value }) }
}
