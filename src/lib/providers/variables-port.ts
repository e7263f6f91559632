import type { Activity, ChangeEffect, Variable, VariableLevel } from '../core/model.ts'
import type { Call } from './call.ts'

export interface SetVariables {
  readonly environment: { readonly project: string; readonly environment?: string | undefined }
  readonly set: readonly {
    readonly name: string
    readonly value: string
    readonly secret: boolean
    readonly visibleAtBuild: boolean
    readonly visibleAtRuntime: boolean
  }[]
  readonly unset: readonly string[]
}

export interface Variables {
  readonly support: {
    readonly levels: readonly VariableLevel[]
    readonly secrets: boolean
    readonly buildTime: boolean
  }
  list(scope: SetVariables['environment'], call: Call): AsyncIterable<Variable>
  /** What `change` would cause. Changes nothing and refuses what `change` refuses. @throws usage.variable, not-found.variable */
  plan(request: SetVariables, call: Call): Promise<ChangeEffect>
  /** What it causes, and the activity that carries it out when one is started. @throws usage.variable, not-found.variable */
  change(
    request: SetVariables,
    call: Call,
  ): Promise<{ readonly effect: ChangeEffect; readonly activity?: Activity | undefined }>
}
