import type { EnvironmentStatus, EnvironmentType, Formation } from '../../../core/model.ts'

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
