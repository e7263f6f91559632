export interface SourceRevision {
  readonly id: string
  readonly project: string
  /** SHA-256 of the tree, 64 hex digits. */
  readonly tree: string
  readonly parents: readonly string[]
  readonly message: string
  readonly author: string
  readonly createdAt: string
}

export interface Build {
  readonly id: string
  readonly project: string
  readonly application: string
  readonly tree: string
  readonly sizeBytes: number
  readonly createdAt: string
  /** The runtime that was used, e.g. `nodejs 22.19.0`. */
  readonly runtime: string
}

export type DeploymentStatus = 'pending' | 'live' | 'superseded' | 'failed'

export interface Deployment {
  readonly id: string
  readonly project?: string | undefined
  readonly environment: string
  readonly status: DeploymentStatus
  /** Application name -> build id. */
  readonly builds: Readonly<Record<string, string>>
  readonly revision?: string | undefined
  readonly message: string
  readonly urls: readonly string[]
  readonly activity: string
  readonly createdAt: string
}

export const DEPLOY_STRATEGIES = ['rolling', 'stop-start', 'recreate'] as const
export type DeployStrategy = (typeof DEPLOY_STRATEGIES)[number]
