import type { EnvironmentSpec, ManagedServiceSpec } from '../../config/environment-spec.ts'
import type { PlanStep } from './plan.ts'

export interface ServiceChanges {
  readonly spec: Pick<EnvironmentSpec, 'services'>
  /** Names of the managed services that the environment has. */
  readonly existing: readonly string[]
  /** Names of those that the deployment deletes. */
  readonly removed: readonly string[]
}

/** What becomes of the managed services: `prepared` before anything starts, `retired` once the release is live. */
export interface ServiceSteps {
  readonly prepared: readonly PlanStep[]
  readonly retired: readonly PlanStep[]
}

export function describeServices({ existing, removed, spec }: ServiceChanges): ServiceSteps {
  return {
    prepared: spec.services.map(service => ({
      action: existing.includes(service.name)
        ? 'keep the service with its data'
        : `create an empty ${describe(service)}`,
      phase: 'services',
      service: service.name,
    })),
    retired: removed.map(service => ({ action: 'delete the service with its data', phase: 'retire', service })),
  }
}

/** As the file asks for it; what there is instead is among the warnings. */
function describe({ diskMb, type, version }: ManagedServiceSpec): string {
  const asked = version === undefined ? type : `${type} ${version}`
  return diskMb === undefined ? asked : `${asked} with ${size(diskMb)}`
}

/** Sizes in files are powers of two. */
function size(megabytes: number): string {
  return megabytes % 1024 === 0 ? `${megabytes / 1024} GB` : `${megabytes} MB`
}
