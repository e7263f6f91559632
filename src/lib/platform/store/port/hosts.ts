/** A host name that an environment owns, made from a route's pattern. */
export interface HostRecord {
  readonly host: string
  /** Id of the environment. */
  readonly environment: string
  /** The `host` of the route, e.g. `www.{default}`. */
  readonly pattern: string
  /** The port on 127.0.0.1 that stands for it; absent for wildcards. */
  readonly port?: number | undefined
}

export interface HostStore {
  find(host: string): HostRecord | undefined
  /** Of one environment or of all, in the order of assignment. */
  list(environment?: string): HostRecord[]
  /** Repeating it for the same environment replaces pattern and port. @throws conflict.exists host or port of another */
  assign(host: HostRecord): void
  remove(host: string): void
}
