import type { Readable, Transform, Writable } from 'node:stream'
import type { ApplicationSpec, EnvironmentSpec, ProbesSpec } from '../../config/environment-spec.ts'
import type { ReleaseState } from '../engine/port.ts'
import type { ServiceCredentials } from '../store/port.ts'

/*
 * The catalogue of managed services: one file each says how its kind is found, run, checked, reached, dumped and restored.
 * A service runs like an application that we wrote: from a read-only artifact (its kit) made once per installed version,
 * with a volume at `data` in the application's directory, as its environment's own user.
 */

export interface ServiceType {
  /** As files call it, without the version: `postgresql`. */
  readonly name: string
  /** Other words for it, e.g. `mysql` for `mariadb`. */
  readonly aliases: readonly string[]
  /** As people call it: "PostgreSQL". */
  readonly title: string
  readonly port: number
  /** Of an instance, unless the file says otherwise. */
  readonly defaults: { readonly memoryMb: number; readonly diskMb: number }
  /** What a backup holds of it, in a sentence; `none` with the reason where there is nothing to back up. */
  readonly backup: { readonly kind: 'database' | 'service' | 'none'; readonly description: string }
  /** The program on this machine: where there are several, the one nearest to the version wanted. Looks each time it is asked. */
  locate(wanted?: string): Promise<Located>
  /** Whether it can use data that another version of it made; absent: it can. */
  opens?(made: string, installed: InstalledService): Verdict
  kit(installed: InstalledService): ServiceKit
  /** Absent: it has no process, its volume is all there is of it; neither kit nor address are needed then. */
  launch?(place: ServicePlace): ServiceLaunch
  /** What an application is told to reach it by, one per endpoint that its configuration defines. */
  connections(place: ServicePlace): readonly ServiceConnection[]
  /** Absent where there is nothing to back up. */
  readonly data?: ServiceData | undefined
  /** Why nothing of a product is backed up, where a type has several; undefined: `data` holds for it. */
  withoutBackup?(installed: InstalledService): string | undefined
  /** The command of an interactive client (`aloft db shell`), with its variables: secrets never in arguments. */
  readonly client?: ((place: ServicePlace) => ServiceCommand) | undefined
}

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string }

export type Located = ({ readonly found: true } & InstalledService) | ({ readonly found: false } & MissingProgram)

export interface MissingProgram {
  /** Its name, where it is not that of the service: `mariadb-dump`. */
  readonly program?: string | undefined
  /** Debian packages that carry it. */
  readonly packages: readonly string[]
  /** What else would do, e.g. "OPENSEARCH_HOME pointing to an installation". */
  readonly otherwise?: string | undefined
}

export interface InstalledService {
  /** e.g. `15.18`; empty where there are none. */
  readonly version: string
  /** What it is, where a type has several: `Groonga 13.0.0`. */
  readonly product: string
  /** It is another product than the type's: what that means for those who speak to it. */
  readonly instead?: string | undefined
  /** Directories of its programs, absolute, put before the base PATH. */
  readonly path: readonly string[]
  /** Of the programs that dump, restore and ask it: without them it runs, and that is all. */
  readonly withoutClient?: MissingProgram | undefined
}

/** Files of the artifact it runs from. Its id is made from all of this: another kit is another artifact. */
export interface ServiceKit {
  /** Path in the artifact -> content of a file; those below `bin/` are executable. */
  readonly files: Readonly<Record<string, string>>
  /** Shell script, run once in the artifact while it may be written, e.g. to make a template of a data directory. */
  readonly build?: string | undefined
}

/** One service as it is run, wherever its data lies. */
export interface ServicePlace {
  readonly name: string
  readonly installed: InstalledService
  /** Where it listens for applications. */
  readonly host: string
  readonly port: number
  /** The host name that applications use, e.g. `database.internal`; equal to `host` where names cannot be given. */
  readonly hostName: string
  readonly credentials: ServiceCredentials
  readonly configuration: Readonly<Record<string, unknown>>
  /** Reaches nothing and is reached by its Unix socket only: throw-away copies. */
  readonly isCutOff: boolean
}

export interface ServiceLaunch extends ServiceCommand {
  readonly probes: ProbesSpec
  /** Succeeds while it brings its data in order after a crash: it is not ended for that, however long it takes. */
  readonly recovering?: readonly string[] | undefined
  /** From the polite signal to the kill. */
  readonly graceMs: number
  readonly memoryMb?: number | undefined
}

/** Run in the service's surroundings: its artifact with the volume at `data`, the directory of the artifact as working directory. */
export interface ServiceCommand {
  /** Shell line for `sh -c`, or an argument vector. */
  readonly command: string | readonly string[]
  readonly variables: Readonly<Record<string, string>>
}

/** One element of `PLATFORM_RELATIONSHIPS` (docs.platform.sh, "Relationships"), in its words. */
export interface ServiceConnection {
  /** The name a relationship refers to after the colon, e.g. `mysql`. */
  readonly endpoint: string
  readonly scheme: string
  readonly host: string
  /** The address that `host` stands for, where it is a name: filled in by `ManagedServices.relationships`. */
  readonly ip?: string | undefined
  readonly port: number
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Database name, vhost, …; absent where the scheme has none. */
  readonly path?: string | undefined
  readonly query?: Readonly<Record<string, unknown>> | undefined
}

/** Dump and restore: commands with byte streams, so that any engine can run them. */
export interface ServiceData {
  /** The word of the manifest, e.g. `postgresql-sql`. */
  readonly dump: string
  /** File name extension of the dump before `.zst`, e.g. `sql`, `rdb`, `json`. */
  readonly extension: string
  /** Writes a consistent copy to stdout while the service runs; succeeds only with exit code 0. */
  dumpCommand(place: ServicePlace): ServiceCommand
  /** Reads one from stdin and replaces all data by it; succeeds only with exit code 0. */
  restoreCommand(place: ServicePlace): ServiceCommand
  /** Counts the rows that pass through a dump. Absent where it has none. */
  readonly counter?: (() => RowCounter) | undefined
  /** Prints `<table>\t<rows>` per table of the running service, in the names of the counter. */
  countCommand?(place: ServicePlace): ServiceCommand
  /**
   * Whether this server can read a dump of that version; the reason otherwise. A newer dump into an older server is refused
   * before anything is written.
   */
  accepts(dumped: string, installed: InstalledService): Verdict
  /** For dumps that other servers made, e.g. a cloud's. Absent: they are taken as they are. */
  readonly foreign?: (() => ForeignDump) | undefined
  /** Whether its instances must not run while a dump is put in place (Redis reads its file at the start only). */
  readonly restoresStopped?: boolean | undefined
}

/** Makes a dump of another server one that ours can take, in two readings. */
export interface ForeignDump {
  /** First all of it passes here. */
  survey(chunk: Uint8Array): void
  /** Then through here. */
  translate(): Transform
  /** What became of it, in sentences; complete at the end. */
  notes(): readonly string[]
}

export interface RowCounter {
  write(chunk: Uint8Array): void
  /** Table -> rows. Undefined when the dump has parts that it does not know. */
  result(): Readonly<Record<string, number>> | undefined
}

/** What dumping and restoring goes through; wraps the catalogue, the engine and the records. */
export interface ServiceOperations {
  /** Ends `sink` after the last byte. @throws failed.dump with the last lines of the tool, failed.tool-missing */
  dump(
    target: ServiceTarget,
    sink: Writable,
    signal: AbortSignal,
  ): Promise<{ readonly rows?: Readonly<Record<string, number>> | undefined }>
  /** `onWarning` is told what the tool warns of. @throws failed.restore with the last lines of the tool, failed.tool-missing */
  restore(
    target: ServiceTarget,
    source: Readable,
    signal: AbortSignal,
    onWarning?: (warning: string) => void,
  ): Promise<void>
  /** Undefined where there is nothing to count. @throws failed.dump */
  count(target: ServiceTarget, signal: AbortSignal): Promise<Readonly<Record<string, number>> | undefined>
}

/** A running managed service. */
export interface ServiceTarget {
  /** As the engine knows it: of an environment, or a throw-away one. */
  readonly environment: string
  readonly type: ServiceType
  readonly place: ServicePlace
}

/** The managed services of environments: made, run beside their releases, found again. */
export interface ManagedServices {
  /**
   * What is to be told before anything is done, to the environment where there is one already: versions that differ, types
   * that are not run. @throws failed.tool-missing naming the packages, conflict.service-type
   */
  check(spec: EnvironmentSpec, environment: string | undefined): Promise<readonly string[]>
  /**
   * Makes what a deployment's services need and do not have yet: record, address, credentials, kit. Idempotent. What is new is
   * told to `note`. @throws failed.tool-missing naming the packages, conflict.service-type, conflict.service-version
   */
  prepare(environment: string, spec: EnvironmentSpec, options: PrepareOptions): Promise<void>
  /**
   * The services of an environment, or those of them that are named, as the engine is to run them from now on beside whatever
   * release; undefined without any. Their records follow what is installed.
   */
  state(environment: string, names?: ReadonlySet<string>): Promise<ReleaseState | undefined>
  /** By service name, whether their programs are installed or not. */
  types(environment: string): ReadonlyMap<string, ServiceType>
  /**
   * The services of an environment, or those of them that are named, by name: to dump, restore, count and reach them.
   * @throws failed.tool-missing when a program was removed
   */
  targets(environment: string, names?: ReadonlySet<string>): Promise<ReadonlyMap<string, ServiceTarget>>
  /**
   * What an application may reach: relationship -> connections, in the order of the file. First those of the endpoint that it
   * names; on Liferay, where services have all users of a database as secrets, the other endpoints after them.
   */
  relationships(
    environment: string,
    application: ApplicationSpec,
  ): Promise<Readonly<Record<string, readonly ServiceConnection[]>>>
  /** Names of the services that a deployment of the spec deletes. */
  removed(environment: string, spec: EnvironmentSpec): readonly string[]
  /** Deletes services that the spec has no more, with their data, once nothing runs that uses them. */
  retire(environment: string, spec: EnvironmentSpec): Promise<readonly string[]>
}

export interface PrepareOptions {
  readonly note: (line: string, level: 'info' | 'warning') => void
  readonly signal: AbortSignal
}

/** The user that applications are given: the same everywhere, so that what belongs to it in a backup does so after a restore. */
export const SERVICE_USER = 'main'

/** Id of the engine's release that holds an environment's managed services. */
export const SERVICES_RELEASE = 'services'
