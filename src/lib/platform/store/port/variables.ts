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
