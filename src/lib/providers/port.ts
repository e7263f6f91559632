import type { Readable, Writable } from 'node:stream'

import type { LogEvent, LogLevel } from '../core/events.ts'
import type {
  Activity,
  ActivityResult,
  ActivityState,
  Build,
  ChangeEffect,
  Deployment,
  DeployStrategy,
  Environment,
  EnvironmentRef,
  EnvironmentType,
  Project,
  SourceRevision,
  Variable,
  VariableLevel,
} from '../core/model.ts'
import type { Backups } from './backups-port.ts'
import type { Scaling, Services } from './services-port.ts'
import type { Volumes } from './volumes-port.ts'

/*
 * What every cloud looks like to the CLI. Three mandatory parts and optional ones: presence is the capability. Degrees
 * of support are data on the part. Starting calls return promptly with the activity and are idempotent by `key`;
 * deleting what is absent succeeds; lists hide paging; vendor types never leave the provider's folder.
 */

export type ProviderId = 'platform' | 'liferay' | 'adobe-commerce' | 'outsystems' | (string & {})

export interface Call {
  readonly signal: AbortSignal
  /** Chosen by the caller: the same key starts the same thing only once. */
  readonly key?: string | undefined
}

/** Why a part is absent and what to do instead: shown with exit code 9. */
export interface Refusal {
  readonly reason: string
  /** Steps instead, a portal page, or the text of a ticket ready to paste. */
  readonly instead: readonly string[]
}

export const OPTIONAL_PARTS = [
  'deploys',
  'activities',
  'logs',
  'sessions',
  'backups',
  'scaling',
  'vpn',
  'network',
  'variables',
  'services',
  'volumes',
  'routes',
  'members',
  'metrics',
] as const
export type OptionalPart = (typeof OPTIONAL_PARTS)[number]

export interface Provider {
  readonly id: ProviderId
  /** As people call it: "Liferay Cloud". */
  readonly title: string
  readonly auth: Auth
  readonly projects: Projects
  readonly environments: Environments
  readonly deploys?: Deploys | undefined
  readonly activities?: Activities | undefined
  readonly logs?: Logs | undefined
  readonly sessions?: Sessions | undefined
  readonly backups?: Backups | undefined
  readonly scaling?: Scaling | undefined
  readonly variables?: Variables | undefined
  readonly services?: Services | undefined
  readonly volumes?: Volumes | undefined
  /** One entry for each optional part that is absent. */
  readonly refusals: Readonly<Partial<Record<OptionalPart, Refusal>>>
  /** What depends on the environment's plan or the server's version; absent: nothing does. */
  readonly probe?:
    | ((environment: EnvironmentRef, call: Call) => Promise<Readonly<Partial<Record<OptionalPart, Refusal>>>>)
    | undefined
  close(): Promise<void>
}

export interface Identity {
  readonly account: string
  readonly user: string
  readonly address: string
  readonly expiresAt?: string | undefined
}

export interface Auth {
  readonly support: { readonly methods: readonly ('none' | 'token' | 'browser' | 'device')[] }
  /** Who the credentials belong to. @throws auth.required, auth.invalid */
  identity(call: Call): Promise<Identity>
  /** Ends the credentials' validity at the provider, where it can; absent or expired ones succeed. */
  revoke(call: Call): Promise<void>
}

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

export interface ActivityFilter {
  readonly project?: string | undefined
  readonly environment?: string | undefined
  readonly type?: string | undefined
  readonly state?: ActivityState | undefined
  readonly result?: ActivityResult | undefined
  readonly limit?: number | undefined
}

export interface Activities {
  readonly support: { readonly cancel: boolean; readonly answer: boolean; readonly log: 'stream' | 'poll' }
  /** Newest first. */
  list(filter: ActivityFilter, call: Call): AsyncIterable<Activity>
  /** @throws not-found.activity */
  get(id: string, call: Call): Promise<Activity>
  /** The log from the first record (or after the cursor); follows until the activity is finished, resuming by itself; ends with `end`. @throws unavailable.stream */
  log(
    id: string,
    call: Call & { readonly after?: readonly string[] | undefined; readonly follow: boolean },
  ): AsyncIterable<LogEvent>
  /** Asks it to end; a finished one: @throws conflict.finished, conflict.too-late */
  cancel(id: string, call: Call): Promise<Activity>
  /** @throws conflict.not-waiting */
  answer(id: string, answer: string, call: Call): Promise<Activity>
}

export interface LogRequest {
  readonly environment: EnvironmentRef
  readonly services: readonly string[]
  readonly sources?: readonly string[] | undefined
  readonly instance?: string | undefined
  readonly level?: LogLevel | undefined
  readonly search?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly tail?: number | undefined
  readonly after?: readonly string[] | undefined
  readonly follow: boolean
}

export interface Logs {
  readonly support: { readonly sources: readonly string[]; readonly follow: boolean; readonly search: boolean }
  /**
   * Batches of NDJSON lines, one `LogEvent` each, as they came from the wire: the CLI formats them without building
   * objects. Every record once, in order per source; what is gone is a `gap`; resumes by itself after a cut. Ends with an
   * `end` event when not following. @throws not-found.*, unavailable.stream
   */
  stream(request: LogRequest, call: Call): AsyncIterable<Uint8Array>
}

export interface OpenSession {
  readonly environment: EnvironmentRef
  readonly service?: string | undefined
  readonly instance?: string | undefined
  /** Of a managed service, instead of a command: its client, to which `command` is added, or what dumps it to stdout. */
  readonly program?: 'client' | 'dump' | undefined
  /** Absent: a login shell. */
  readonly command?: readonly string[] | undefined
  readonly tty: boolean
  readonly term?: string | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

export type SessionExit = { readonly exitCode: number }

export interface Session {
  /** Backpressured. Ending it is the remote's end of input. */
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  resize(columns: number, rows: number): void
  /** `INT`, `TERM`, `HUP`, `QUIT`, `USR1`, `USR2`, `KILL`. */
  signal(name: string): void
  /** Resolves with the remote's own exit code (128+n when killed by a signal). @throws session.failed when the transport is cut */
  readonly exit: Promise<SessionExit>
  close(): void
}

export interface Sessions {
  readonly support: {
    readonly shell: boolean
    readonly exec: boolean
    readonly tty: boolean
    /** Clients and dumps of managed services. */
    readonly programs: boolean
  }
  /** @throws not-found.service, not-found.instance, session.failed, usage.input-required when several services have such a program */
  open(request: OpenSession, call: Call): Promise<Session>
}

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

export type * from './volumes-port.ts'
export type * from './services-port.ts'
export type { Build, SourceRevision }
