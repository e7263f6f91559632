import type { EnvironmentSpec } from '../../config/environment-spec.ts'
import type { ErrorDocument } from '../../core/errors.ts'
import type {
  Activity,
  ActivityResult,
  ActivityState,
  ActivityStep,
  Backup,
  Build,
  DeploymentStatus,
  EnvironmentStatus,
  EnvironmentType,
  Formation,
  Project,
  SourceRevision,
} from '../../core/model.ts'
import type { BundleManifest } from '../../bundle/manifest.ts'
import type { TokenScope } from '../../protocol/access.ts'

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
  /** Lets go of the database; a second call does nothing. */
  close(): void
}

export interface ProjectRecord extends Project {
  readonly createdAt: string
}

export interface ProjectStore {
  /** @throws conflict.exists */
  create(project: { readonly name: string; readonly title?: string | undefined }): ProjectRecord
  get(id: string): ProjectRecord | undefined
  find(name: string): ProjectRecord | undefined
  /** By name. */
  list(): ProjectRecord[]
  /** @throws not-found.project */
  update(id: string, change: { readonly title?: string; readonly defaultEnvironment?: string }): ProjectRecord
  /** With its environments, variables, revisions, builds and deployments; activities stay. */
  delete(id: string): void
}

export interface EnvironmentRecord {
  /** `env_…`: a file name and a host label. */
  readonly id: string
  /** Id of the project. */
  readonly project: string
  readonly name: string
  readonly type: EnvironmentType
  readonly status: EnvironmentStatus
  /** Id of the environment it was made from. */
  readonly parent?: string | undefined
  /** What people asked for by `scale`, in place of the file's numbers. */
  readonly formation: readonly Formation[]
  /** Of the desired state last given to the engine. */
  readonly generation: number
  /** Id of the deployment that is live. */
  readonly deployment?: string | undefined
  readonly createdAt: string
}

export interface NewEnvironment {
  readonly project: string
  readonly name: string
  readonly type: EnvironmentType
  readonly parent?: string | undefined
}

export interface EnvironmentStore {
  /** @throws conflict.exists, not-found.project */
  create(environment: NewEnvironment): EnvironmentRecord
  get(id: string): EnvironmentRecord | undefined
  find(project: string, name: string): EnvironmentRecord | undefined
  /** By name; of all projects when none is given. */
  list(project?: string): EnvironmentRecord[]
  /** @throws not-found.environment */
  update(id: string, change: Partial<Pick<EnvironmentRecord, 'formation' | 'status' | 'type'>>): EnvironmentRecord
  /** One more than ever before. @throws not-found.environment */
  nextGeneration(id: string): number
  /**
   * With its hosts, variables and deployments.
   * @throws conflict.has-children
   */
  delete(id: string): void
}

/** A host name that an environment owns, made from a route's pattern. */
export interface HostRecord {
  readonly host: string
  /** Id of the environment. */
  readonly environment: string
  /** The `host` of the route, e.g. `www.{default}`. */
  readonly pattern: string
  /** The port on 127.0.0.1 that stands for it; absent for wildcards. */
  readonly port?: number | undefined
}

export interface HostStore {
  find(host: string): HostRecord | undefined
  /** Of one environment or of all, in the order of assignment. */
  list(environment?: string): HostRecord[]
  /** Repeating it for the same environment replaces pattern and port. @throws conflict.exists host or port of another */
  assign(host: HostRecord): void
  remove(host: string): void
}

/** A project's variables, or (with `environment`) those of one of its environments. Ids. */
export interface VariableScope {
  readonly project: string
  readonly environment?: string | undefined
}

export interface VariableInput {
  readonly name: string
  readonly value: string
  /** Encrypted at rest; never to be printed. */
  readonly secret: boolean
  readonly visibleAtBuild: boolean
  readonly visibleAtRuntime: boolean
}

export interface VariableRecord extends VariableInput {
  readonly updatedAt: string
}

export interface VariableStore {
  /** Of this scope alone, by name. */
  list(scope: VariableScope): VariableRecord[]
  get(scope: VariableScope, name: string): VariableRecord | undefined
  set(scope: VariableScope, variable: VariableInput): void
  /** False when there was none. */
  unset(scope: VariableScope, name: string): boolean
}

export interface RevisionRecord extends SourceRevision {
  /** Id of the environment on whose line it lies. */
  readonly environment?: string | undefined
}

export interface RevisionStore {
  create(revision: Omit<RevisionRecord, 'createdAt' | 'id'>): RevisionRecord
  get(id: string): RevisionRecord | undefined
  /** Newest first. */
  list(filter: {
    readonly project: string
    readonly environment?: string | undefined
    readonly limit?: number | undefined
  }): RevisionRecord[]
}

export interface BuildRecord extends Build {
  /** Directories of its runtime, put before the base PATH. */
  readonly path: readonly string[]
}

/** The id of a build is made from its content: several projects may have the same one. */
export interface BuildStore {
  /** Replaces a record of the same project and id. */
  put(build: Omit<BuildRecord, 'createdAt'>): BuildRecord
  get(project: string, id: string): BuildRecord | undefined
  /** Newest first. */
  list(filter: {
    readonly project: string
    readonly application?: string | undefined
    readonly limit?: number | undefined
  }): BuildRecord[]
  delete(project: string, id: string): void
  /** True while any project has a record of it: its artifact must stay. */
  isUsed(id: string): boolean
}

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

/** A semaphore by name that an activity will need. Activities pass through a lane in the order of their creation. */
export interface LaneRequest {
  /** e.g. `build:<project id>`, `environment:<environment id>`. */
  readonly lane: string
  /** How many may be inside at once. */
  readonly capacity: number
  /** Asks all others of the lane to cancel, and goes first. */
  readonly preempts?: boolean | undefined
}

export interface StepRecord extends ActivityStep {
  /** What it returned; encrypted at rest. */
  readonly output?: unknown
  readonly error?: ErrorDocument | undefined
}

export interface ActivityRecord extends Omit<Activity, 'steps'> {
  readonly steps: readonly StepRecord[]
  /** Grows with each activity: the order of creation. */
  readonly sequence: number
  /** JSON; encrypted at rest. */
  readonly input: unknown
  readonly lanes: readonly LaneRequest[]
  /** Lanes it has entered; those not in `lanesLeft` it is still inside. */
  readonly lanesEntered: readonly string[]
  readonly lanesLeft: readonly string[]
  readonly warnings: readonly string[]
  readonly cancelRequestedAt?: string | undefined
  /** From this time on it can no longer be cancelled. */
  readonly committedAt?: string | undefined
  /** False: its log has yet to be ended. */
  readonly logEnded: boolean
}

/** What a client asked for. */
export interface ActivityRequest {
  readonly type: string
  /** Names, for people: they stay when the project is gone. */
  readonly project?: string | undefined
  readonly environment?: string | undefined
  /** The client's: the same key starts the same thing only once. */
  readonly key?: string | undefined
  /** The same key must come with the same. */
  readonly request?: unknown
}

export interface NewActivity extends ActivityRequest {
  readonly description: string
  readonly input: unknown
  readonly lanes: readonly LaneRequest[]
  readonly createdBy: string
}

export interface ActivityFilter {
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly type?: string | undefined
  readonly state?: ActivityState | undefined
  readonly result?: ActivityResult | undefined
  /** 100 unless told. */
  readonly limit?: number | undefined
  /** Id of an activity: only older ones. */
  readonly before?: string | undefined
}

/** `null` clears a field. */
export interface ActivityChange {
  readonly state?: ActivityState
  readonly result?: ActivityResult
  readonly waiting?: Activity['waiting'] | null
  readonly phase?: string
  readonly error?: ErrorDocument
  readonly output?: Readonly<Record<string, unknown>>
  readonly lanesEntered?: readonly string[]
  readonly lanesLeft?: readonly string[]
  readonly warnings?: readonly string[]
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly cancelRequestedAt?: string
  readonly committedAt?: string
  readonly logEnded?: boolean
}

export interface ActivityStore {
  /**
   * State `queued`. `created` is false when there is one of the same key and request already: that one is returned.
   * @throws conflict.changed the key was used for another request
   */
  create(activity: NewActivity): { readonly activity: ActivityRecord; readonly created: boolean }
  get(id: string): ActivityRecord | undefined
  /** The one that this request started; undefined without a key. @throws conflict.changed the key was used for another request */
  findByKey(request: ActivityRequest): ActivityRecord | undefined
  /** Newest first; without steps. */
  list(filter: ActivityFilter): ActivityRecord[]
  /** Oldest first: all that is not finished, and what is finished but whose log is not ended. */
  unfinished(): ActivityRecord[]
  /** @throws not-found.activity */
  update(id: string, change: ActivityChange): ActivityRecord
  /** Records a step, new or again, as running. */
  startStep(activity: string, name: string): void
  /** `output` must survive JSON; undefined is kept as such. */
  finishStep(activity: string, name: string, output: unknown): void
  failStep(activity: string, name: string, error: ErrorDocument): void
}

export interface TokenRecord {
  readonly name: string
  readonly scope: TokenScope
  /** Name of the only project that it is for; absent: all of them. */
  readonly project?: string | undefined
  readonly createdAt: string
  readonly expiresAt?: string | undefined
  readonly lastUsedAt?: string | undefined
}

/** Only the SHA-256 of a token is kept. */
export interface TokenStore {
  /** @throws conflict.exists */
  create(token: Omit<TokenRecord, 'createdAt' | 'lastUsedAt'> & { readonly value: string }): TokenRecord
  /** The valid, unexpired token of this value; notes its use, at most once a minute. */
  use(value: string): TokenRecord | undefined
  /** By name, expired ones included. */
  list(): TokenRecord[]
  /** False when there was none. */
  delete(name: string): boolean
}

/** A managed service of an environment: made at its first deployment, the same until it is deleted with its data. */
export interface ManagedServiceRecord {
  /** Id of the environment. */
  readonly environment: string
  readonly name: string
  /** Of the catalogue, e.g. `postgresql`. */
  readonly type: string
  /** Of the server that made its data, e.g. `15.18`. */
  readonly version: string
  /** An address of its own on the loopback network, e.g. `127.65.3.2`, where the system has them. */
  readonly host: string
  readonly port: number
  /** Encrypted at rest. */
  readonly credentials: ServiceCredentials
  /** As the deployment says that came last, whether it went live or not. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** Changes when a restart is wanted of what is otherwise equal. */
  readonly restart?: string | undefined
  readonly createdAt: string
}

export interface ServiceCredentials {
  readonly username: string
  readonly password: string
}

export type ManagedServiceChange = Partial<Pick<ManagedServiceRecord, 'configuration' | 'restart' | 'version'>>

export interface ManagedServiceStore {
  /** @throws conflict.exists of that name, or another at that address */
  create(service: Omit<ManagedServiceRecord, 'createdAt'>): ManagedServiceRecord
  get(environment: string, name: string): ManagedServiceRecord | undefined
  /** By name; of all environments when none is given. */
  list(environment?: string): ManagedServiceRecord[]
  /** @throws not-found.service */
  update(environment: string, name: string, change: ManagedServiceChange): ManagedServiceRecord
  delete(environment: string, name: string): void
}

/** A backup outlives its environment and its project, which it therefore names as people do. */
export interface BackupRecord extends Backup {
  /** Present once it is complete: what it consists of. */
  readonly manifest?: BundleManifest | undefined
  /** Id of the activity that makes or made it. */
  readonly activity: string
}

export interface BackupFilter {
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly state?: Backup['state'] | undefined
}

/** `null` clears a field. */
export type BackupChange = Partial<
  Pick<
    BackupRecord,
    'completedAt' | 'contents' | 'label' | 'manifest' | 'pausedMs' | 'sizeBytes' | 'state' | 'verification'
  >
> & { readonly expiresAt?: string | null }

export interface BackupStore {
  /** The id is the caller's, so that it can be repeated: one that is there already is returned as it is. */
  create(backup: BackupRecord): BackupRecord
  get(id: string): BackupRecord | undefined
  /** Newest first. */
  list(filter: BackupFilter): BackupRecord[]
  /** @throws not-found.backup */
  update(id: string, change: BackupChange): BackupRecord
  delete(id: string): void
}

/** Small JSON values of the platform itself. */
export interface SettingStore {
  get(name: string): unknown
  set(name: string, value: unknown): void
  delete(name: string): void
  /** Those whose name begins with `prefix`, by name. */
  list(prefix: string): { readonly name: string; readonly value: unknown }[]
  /** Adds one to a counter that begins at 0, and returns it. */
  increment(name: string): number
}
