import type { Activity, Environment, EnvironmentRef, EnvironmentType, Project } from '../core/model.ts'
import type { Call } from './call.ts'

export interface Projects {
  readonly support: { readonly create: boolean; readonly delete: boolean }
  list(call: Call): AsyncIterable<Project>
  /** @throws not-found.project with the nearest names in `suggestions` */
  get(name: string, call: Call): Promise<Project>
  /** @throws conflict.exists, usage.name, unsupported.option */
  create(request: { readonly name: string; readonly title?: string | undefined }, call: Call): Promise<Project>
  /** Ends when the project and its environments are gone. @throws unsupported.option */
  delete(name: string, call: Call & Deletion): Promise<Activity>
}

export interface Environments {
  readonly support: {
    /** False where environments belong to the infrastructure: `project` is then neither needed nor given. */
    readonly belongToProject: boolean
    readonly create: boolean
    readonly delete: boolean
    readonly parents: boolean
    /** A new one with the code and the data of its parent. */
    readonly clone: boolean
    /** The last backup that is made before one is deleted; false where none can be asked for. */
    readonly lastBackup: boolean
    readonly pause: boolean
    /** To bring what the parent has now. */
    readonly sync: boolean
    readonly types: readonly EnvironmentType[]
  }
  list(project: string | undefined, call: Call): AsyncIterable<Environment>
  /** @throws not-found.project, not-found.environment */
  get(environment: EnvironmentRef, call: Call): Promise<Environment>
  /** @throws conflict.exists, usage.name, not-found.environment (the parent), unsupported.option */
  create(request: CreateEnvironment, call: Call): Promise<Environment>
  /**
   * Makes one with the code, the variables and (`data`) the data of its parent. One that cannot be completed is removed.
   * @throws what `create` does, conflict.not-deployed, conflict.paused
   */
  clone(request: CloneEnvironment, call: Call): Promise<Activity>
  /** @throws conflict.has-children, unsupported.option */
  delete(request: EnvironmentRef & Deletion, call: Call): Promise<Activity>
  /** Stops all that runs in it and keeps its data; one that is paused succeeds. @throws conflict.not-deployed, unsupported.option */
  pause(environment: EnvironmentRef, call: Call): Promise<Activity>
  /** @throws conflict.no-parent, conflict.not-deployed, conflict.paused, unsupported.option */
  sync(request: SyncEnvironment, call: Call): Promise<Activity>
  /** One that is not paused succeeds. @throws conflict.not-deployed, unsupported.option */
  resume(environment: EnvironmentRef, call: Call): Promise<Activity>
}

export interface CreateEnvironment extends EnvironmentRef {
  readonly type?: EnvironmentType | undefined
  readonly parent?: string | undefined
}

export interface Deletion {
  /** False: without a last backup of each environment. */
  readonly lastBackup?: boolean | undefined
}

/** At least one of `code` and `data`. */
export interface SyncEnvironment extends EnvironmentRef {
  readonly code: boolean
  readonly data: boolean
  /** Of the environment's own data, before it is replaced. */
  readonly safetyBackup: boolean
}

export interface CloneEnvironment extends CreateEnvironment {
  readonly parent: string
  readonly data: boolean
}
