import type { Engine, ReleaseState } from '../engine/port.ts'
import type { ManagedServices } from '../services/port.ts'
import type { Store } from '../store/port.ts'
import type { StoredRelease } from './release.ts'

export interface ApplyDeps {
  readonly engine: Engine
  readonly services: ManagedServices
  readonly store: Store
}

export interface ApplyOptions {
  readonly releases: readonly ReleaseState[]
  /** Deployments whose managed services run. */
  readonly of: readonly Pick<StoredRelease, 'spec'>[]
  /** Managed services that do not run for now. */
  readonly without?: ReadonlySet<string> | undefined
}

export interface Applied {
  /** Of the desired state. */
  readonly generation: number
  /** The managed services as they were applied; undefined without any. */
  readonly services: ReleaseState | undefined
}

/**
 * Gives the engine all that an environment should run: releases, and beside them the managed services that the deployments
 * `of` name. Nobody else applies a desired state, so that no change of a release ever stops a service.
 * @throws failed.tool-missing
 */
export async function applyReleases(
  { engine, services, store }: ApplyDeps,
  environment: string,
  { of, releases, without }: ApplyOptions,
): Promise<Applied> {
  const named = of.flatMap(({ spec }) => spec.services.map(({ name }) => name))
  const names = new Set(named.filter(name => without?.has(name) !== true))
  const managed = await services.state(environment, names)
  const generation = store.environments.nextGeneration(environment)
  await engine.apply({ environment, generation, releases: managed ? [managed, ...releases] : releases })
  return { generation, services: managed }
}
