import type { EnvironmentRef } from '../core/model.ts'
import type { Activities } from './activities-port.ts'
import type { Backups } from './backups-port.ts'
import type { Call } from './call.ts'
import type { Deploys } from './deploys-port.ts'
import type { Environments, Projects } from './environments-port.ts'
import type { Logs } from './logs-port.ts'
import type { Scaling, Services } from './services-port.ts'
import type { Sessions } from './sessions-port.ts'
import type { Variables } from './variables-port.ts'
import type { Volumes } from './volumes-port.ts'

/*
 * What every cloud looks like to the CLI. Three mandatory parts and optional ones: presence is the capability. Degrees
 * of support are data on the part. Starting calls return promptly with the activity and are idempotent by `key`;
 * deleting what is absent succeeds; lists hide paging; vendor types never leave the provider's folder.
 */

export type ProviderId = 'platform' | 'liferay' | 'adobe-commerce' | 'outsystems' | (string & {})

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

export type * from './activities-port.ts'
export type * from './backups-port.ts'
export type * from './call.ts'
export type * from './deploys-port.ts'
export type * from './environments-port.ts'
export type * from './logs-port.ts'
export type * from './services-port.ts'
export type * from './sessions-port.ts'
export type * from './variables-port.ts'
export type * from './volumes-port.ts'
