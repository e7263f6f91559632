export interface Project {
  readonly id: string
  /** What people type after `-p`; unique per account. */
  readonly name: string
  readonly title: string
  readonly createdAt?: string | undefined
  readonly defaultEnvironment?: string | undefined
}

export const ENVIRONMENT_TYPES = ['development', 'staging', 'production', 'infra'] as const
export type EnvironmentType = (typeof ENVIRONMENT_TYPES)[number]

export type EnvironmentStatus = 'active' | 'inactive' | 'paused'

export interface Environment {
  readonly id: string
  readonly name: string
  /** Absent where environments belong to the infrastructure (OutSystems). */
  readonly project?: string | undefined
  readonly type: EnvironmentType
  readonly status: EnvironmentStatus
  readonly parent?: string | undefined
  readonly createdAt?: string | undefined
  /** Public addresses, the primary one first. */
  readonly urls: readonly string[]
  /** Id of the deployment that is live, if any. */
  readonly deployment?: string | undefined
}

/** Names an environment; which of the two are needed is the provider's matter. */
export interface EnvironmentRef {
  readonly project?: string | undefined
  readonly environment: string
}
