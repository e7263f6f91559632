import type { ActivityStore } from './port/activities.ts'
import type { BackupStore } from './port/backups.ts'
import type { BuildStore } from './port/builds.ts'
import type { DeploymentStore } from './port/deployments.ts'
import type { EnvironmentStore } from './port/environments.ts'
import type { HostStore } from './port/hosts.ts'
import type { ManagedServiceStore } from './port/managed-services.ts'
import type { ProjectStore } from './port/projects.ts'
import type { RevisionStore } from './port/revisions.ts'
import type { SettingStore } from './port/settings.ts'
import type { TokenStore } from './port/tokens.ts'
import type { VariableStore } from './port/variables.ts'

/*
 * What must survive. Synchronous: a call that has returned is on disk and survives `kill -9` and loss of power; inside
 * `transaction` that holds once the outermost transaction has returned. Records name each other by id. Lists are complete
 * unless they take a `limit`. Deleting what is absent succeeds.
 */

export interface Store {
  readonly projects: ProjectStore
  readonly environments: EnvironmentStore
  readonly hosts: HostStore
  readonly variables: VariableStore
  readonly revisions: RevisionStore
  readonly builds: BuildStore
  readonly deployments: DeploymentStore
  readonly activities: ActivityStore
  readonly managedServices: ManagedServiceStore
  readonly backups: BackupStore
  readonly tokens: TokenStore
  readonly settings: SettingStore
  /**
   * All of what `run` writes, or nothing when it throws. Nested calls join the outer transaction. `run` must not be
   * asynchronous.
   * @throws failed.disk-full
   */
  transaction<T>(run: () => T): T
  /** Gives up the space that is kept for what has to be written on a full disk, for whoever has to write next. */
  makeRoom(): void
  /** Lets go of the database; a second call does nothing. */
  close(): void
}

export type * from './port/activities.ts'
export type * from './port/backups.ts'
export type * from './port/builds.ts'
export type * from './port/deployments.ts'
export type * from './port/environments.ts'
export type * from './port/hosts.ts'
export type * from './port/managed-services.ts'
export type * from './port/projects.ts'
export type * from './port/revisions.ts'
export type * from './port/settings.ts'
export type * from './port/tokens.ts'
export type * from './port/variables.ts'
