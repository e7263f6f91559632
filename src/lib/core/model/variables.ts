export type VariableLevel = 'project' | 'environment'

export type ChangeEffect = 'redeploys' | 'restarts' | 'waits'

export interface Variable {
  readonly name: string
  readonly level: VariableLevel
  /** Absent when `secret`. */
  readonly value?: string | undefined
  readonly secret: boolean
  readonly visibleAtBuild: boolean
  readonly visibleAtRuntime: boolean
  /** True on an environment that gets it from its project or parent. */
  readonly inherited: boolean
  readonly updatedAt: string
}
