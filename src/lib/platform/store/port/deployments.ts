import type { EnvironmentSpec } from '../../../config/environment-spec.ts'
import type { DeploymentStatus, Formation } from '../../../core/model.ts'

export interface DeploymentRecord {
  /** `dep_…` */
  readonly id: string
  /** Ids. */
  readonly project: string
  readonly environment: string
  readonly status: DeploymentStatus
  readonly spec: EnvironmentSpec
  /** SHA-256 of the source tree; absent when it was made from a build. */
  readonly tree?: string | undefined
  readonly revision?: string | undefined
  /** Application -> build id and the directories of its runtime. */
  readonly builds: Readonly<Record<string, { readonly id: string; readonly path: readonly string[] }>>
  /** Run-time variables as they were at release. All of them are encrypted at rest. */
  readonly variables: Readonly<Record<string, string>>
  readonly formation: readonly Formation[]
  readonly urls: readonly string[]
  /** Service -> a token that changes when a restart of its instances is wanted. */
  readonly restarts: Readonly<Record<string, string>>
  readonly message: string
  /** Id of the activity that made it. */
  readonly activity: string
  readonly createdAt: string
}

export type DeploymentChange = Partial<
  Pick<DeploymentRecord, 'formation' | 'restarts' | 'urls' | 'variables'> & { readonly status: 'failed' | 'pending' }
>

export interface DeploymentStore {
  /** Status `pending`. The id is the caller's, so that it can be repeated: one that is there already is returned as it is. */
  create(deployment: Omit<DeploymentRecord, 'createdAt' | 'status'>): DeploymentRecord
  get(id: string): DeploymentRecord | undefined
  /** Newest first; `before`: older than this id. */
  list(filter: {
    readonly environment: string
    readonly limit?: number | undefined
    readonly before?: string | undefined
  }): DeploymentRecord[]
  /** @throws not-found.deployment */
  update(id: string, change: DeploymentChange): DeploymentRecord
  delete(id: string): void
  /** In one: it becomes `live` and its environment's current one, the one before it `superseded`; a paused environment is active again. @throws not-found.deployment */
  makeLive(id: string): DeploymentRecord
}
