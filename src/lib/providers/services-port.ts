import type { Duplex } from 'node:stream'
import type { Activity, EnvironmentRef, Formation, Service } from '../core/model.ts'
import type { Call } from './call.ts'

/* What runs in an environment. */

export interface CurrentFormation {
  readonly services: readonly Formation[]
  /** Managed services: they run as they are. */
  readonly fixed?: readonly string[] | undefined
  /** Changes when the formation does. */
  readonly tag: string
}

export interface Scaling {
  readonly support: { readonly count: boolean; readonly cpu: boolean; readonly memory: boolean }
  formation(environment: EnvironmentRef, call: Call): Promise<CurrentFormation>
  /** @throws conflict.changed when `ifCurrent` is not the tag, not-found.service, usage.formation, unsupported.option */
  scale(
    request: {
      readonly environment: EnvironmentRef
      readonly services: readonly Formation[]
      readonly ifCurrent?: string | undefined
    },
    call: Call,
  ): Promise<Activity>
}

/** How a managed service is reached at a port of 127.0.0.1. */
export interface ServiceConnections {
  readonly service: string
  /** e.g. `postgresql:15.18`. */
  readonly type: string
  readonly connections: readonly {
    readonly endpoint: string
    readonly username?: string | undefined
    readonly password?: string | undefined
    readonly database?: string | undefined
    /** With the password. */
    readonly url: string
  }[]
}

export interface Services {
  readonly support: { readonly restart: boolean; readonly tunnel: boolean }
  list(environment: EnvironmentRef, call: Call): Promise<readonly Service[]>
  /** All applications and workers when none is named; managed services only by name. @throws not-found.service */
  restart(
    request: { readonly environment: EnvironmentRef; readonly services: readonly string[] },
    call: Call,
  ): Promise<Activity>
  /** Of the service named, else of the only one. @throws not-found.service, usage.input-required */
  connections(
    request: { readonly environment: EnvironmentRef; readonly service?: string | undefined; readonly port: number },
    call: Call,
  ): Promise<ServiceConnections>
  /** One connection to a managed service. @throws not-found.service, not-found.instance when it takes none now */
  tunnel(request: { readonly environment: EnvironmentRef; readonly service: string }, call: Call): Promise<Duplex>
}
