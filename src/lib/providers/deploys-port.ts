import type { Activity, DeployStrategy, Deployment, EnvironmentRef } from '../core/model.ts'
import type { Call } from './call.ts'

/** What a deployment is made from. Each provider says in `support.inputs` which it takes. */
export type DeployInput =
  | { readonly kind: 'source'; readonly directory: string }
  | { readonly kind: 'build'; readonly build: string }
  | {
      readonly kind: 'versions'
      readonly versions: readonly { readonly application: string; readonly version?: string | undefined }[]
      readonly from?: string | undefined
    }
  | { readonly kind: 'package'; readonly file: string }

export interface DeployRequest {
  readonly environment: EnvironmentRef
  readonly input: DeployInput
  readonly message?: string | undefined
  /** Set on the environment with this deployment. */
  readonly variables?: Readonly<Record<string, string>> | undefined
  readonly buildOnly?: boolean | undefined
  readonly strategy?: DeployStrategy | undefined
}

/** What a deployment would do: pure, nothing is changed. */
export interface DeployPlan {
  readonly environment: EnvironmentRef
  readonly steps: readonly { readonly phase: string; readonly action: string; readonly service?: string | undefined }[]
  readonly warnings: readonly string[]
  readonly urls: readonly string[]
}

/** What happens to the source before there is an activity to follow. */
export type IntakeEvent =
  | { readonly type: 'scanned'; readonly files: number; readonly bytes: number }
  | { readonly type: 'sent'; readonly files: number; readonly bytes: number; readonly totalBytes: number }

export interface Deploys {
  readonly support: {
    readonly inputs: readonly DeployInput['kind'][]
    readonly plan: boolean
    readonly rollback: boolean
    readonly buildOnly: boolean
    readonly variables: boolean
    /** A deploy creates a missing project or environment without asking. */
    readonly createsMissing: boolean
  }
  /**
   * Takes in the source, records the deployment and returns its activity. Idempotent by `key`. Nothing is left half done
   * when it throws. @throws usage.source, usage.config, not-found.*, unsupported.option, failed.source-changed, failed.disk-full
   */
  start(
    request: DeployRequest,
    call: Call & { readonly onIntake?: ((event: IntakeEvent) => void) | undefined },
  ): Promise<Activity>
  /** @throws unsupported.option */
  plan(request: DeployRequest, call: Call): Promise<DeployPlan>
  /** To the deployment before the live one, or to `deployment`, variables included. @throws not-found.deployment, unsupported.option */
  rollback(
    request: { readonly environment: EnvironmentRef; readonly deployment?: string | undefined },
    call: Call,
  ): Promise<Activity>
  list(environment: EnvironmentRef, call: Call): AsyncIterable<Deployment>
}
