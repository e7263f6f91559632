/** A managed service of an environment: made at its first deployment, the same until it is deleted with its data. */
export interface ManagedServiceRecord {
  /** Id of the environment. */
  readonly environment: string
  readonly name: string
  /** Of the catalogue, e.g. `postgresql`. */
  readonly type: string
  /** Of the server that made its data, e.g. `15.18`. */
  readonly version: string
  /** An address of its own on the loopback network, e.g. `127.65.3.2`, where the system has them. */
  readonly host: string
  readonly port: number
  /** Encrypted at rest. */
  readonly credentials: ServiceCredentials
  /** As the deployment says that came last, whether it went live or not. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** Changes when a restart is wanted of what is otherwise equal. */
  readonly restart?: string | undefined
  readonly createdAt: string
}

export interface ServiceCredentials {
  readonly username: string
  readonly password: string
}

export type ManagedServiceChange = Partial<Pick<ManagedServiceRecord, 'configuration' | 'restart' | 'version'>>

export interface ManagedServiceStore {
  /** @throws conflict.exists of that name, or another at that address */
  create(service: Omit<ManagedServiceRecord, 'createdAt'>): ManagedServiceRecord
  get(environment: string, name: string): ManagedServiceRecord | undefined
  /** By name; of all environments when none is given. */
  list(environment?: string): ManagedServiceRecord[]
  /** @throws not-found.service */
  update(environment: string, name: string, change: ManagedServiceChange): ManagedServiceRecord
  delete(environment: string, name: string): void
}
