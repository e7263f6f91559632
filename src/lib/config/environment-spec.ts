import type { DeployStrategy } from '../core/model.ts'

/*
 * What a project's files say, whatever their format: the one structure that readers produce and that the deploy plan
 * takes. Paths are relative to the tree's root, with `/`, never leaving it. Durations are milliseconds.
 */

export type ConfigFormat = 'aloft' | 'upsun' | 'platformsh' | 'magento' | 'liferay' | 'detected'

export interface EnvironmentSpec {
  readonly format: ConfigFormat
  /** The files that were read. */
  readonly files: readonly string[]
  /** In the order of their dependencies: an application comes after those it depends on. */
  readonly applications: readonly ApplicationSpec[]
  /** Managed services, in the order of the file. */
  readonly services: readonly ManagedServiceSpec[]
  readonly routes: readonly RouteSpec[]
  /** Accepted, but without effect here or different from what was asked: shown to the user. */
  readonly warnings: readonly string[]
}

export interface ApplicationSpec {
  readonly name: string
  /** Directory of the application in the tree; `.` for the root. */
  readonly root: string
  readonly runtime: RuntimeSpec
  readonly build: BuildSpec
  readonly hooks: { readonly deploy?: string | undefined; readonly postDeploy?: string | undefined }
  /** Whether a failing deploy hook fails the deployment: a rule of the file format. */
  readonly deployHookFailure: 'fails' | 'warns'
  /** Absent: not reachable through the edge. */
  readonly web?: WebSpec | undefined
  readonly workers: readonly WorkerSpec[]
  readonly crons: readonly CronSpec[]
  readonly mounts: readonly MountSpec[]
  /** Size of its volumes as asked for. */
  readonly diskMb?: number | undefined
  /** Run-time environment variables from the file. */
  readonly variables: Readonly<Record<string, string>>
  /** Run-time environment variable -> name of the secret variable whose value it gets (LCP.json `"KEY": "@name"`). */
  readonly secretVariables?: Readonly<Record<string, string>> | undefined
  /** Prefix of the variables by which the platform describes itself. */
  readonly variablesPrefix: 'ALOFT_' | 'PLATFORM_' | 'MAGENTO_CLOUD_' | 'LCP_'
  readonly scale: number
  readonly resources: ResourcesSpec
  readonly probes: ProbesSpec
  readonly strategy: DeployStrategy
  /** Managed services that it is told how to reach, and may. */
  readonly relationships?: readonly RelationshipSpec[] | undefined
  /** Applications that have to be ready before this one is released. */
  readonly dependencies: readonly string[]
  /** False: built, but not released in this environment (LCP.json `deploy: false`). */
  readonly deploy: boolean
  /** IANA name; crons only. */
  readonly timeZone: string
  readonly stop: { readonly graceMs: number }
}

/** A service that the platform runs, e.g. a database. */
export interface ManagedServiceSpec {
  readonly name: string
  /** As the file calls it, without its version: one of `SERVICE_TYPE_WORDS`, e.g. `postgresql`, `mysql`, `network-storage`. */
  readonly type: string
  /** As asked for, e.g. `15`; absent when the file names none. */
  readonly version?: string | undefined
  /** The format's own settings of the service, e.g. schemas, endpoints, extensions. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** Size of its volume as asked for. */
  readonly diskMb?: number | undefined
}

export interface RelationshipSpec {
  /** As the application calls it, e.g. `database`. */
  readonly name: string
  /** Name of a managed service. */
  readonly service: string
  /** Of the service: the one of its type, e.g. `mysql`, `opensearch`, or one that its configuration defines. */
  readonly endpoint: string
}

export type RuntimeName = 'nodejs' | 'python' | 'php' | 'static' | 'shell'

export interface RuntimeSpec {
  readonly name: RuntimeName
  /** As asked for, e.g. `20`, `8.2`; absent when the file names none. */
  readonly version?: string | undefined
  /** Settings for PHP's ini file. */
  readonly settings?: Readonly<Record<string, string>> | undefined
}

export interface BuildSpec {
  /** What runs before the hook: `npm`, `composer` and `pip` install the application's own dependencies. */
  readonly flavor: 'none' | 'npm' | 'composer' | 'pip'
  /** Shell script, run in the application's root by `sh`; no `set -e`. */
  readonly hook?: string | undefined
  /** Global tools on PATH, installed before the flavour runs: package manager -> package -> version range. */
  readonly dependencies: Readonly<Partial<Record<'nodejs' | 'python3' | 'php', Readonly<Record<string, string>>>>>
  /** Build-time environment variables from the file. */
  readonly variables: Readonly<Record<string, string>>
}

export interface WebSpec {
  readonly commands: {
    readonly preStart?: string | undefined
    /** Shell command line; absent: only files are served. */
    readonly start?: string | undefined
  }
  /** The port it is expected to listen on when it does not follow `PORT`. */
  readonly port?: number | undefined
  readonly socketFamily: 'tcp' | 'unix'
  readonly protocol: 'http' | 'fastcgi'
  /** Path prefix -> rules; the longest prefix wins. */
  readonly locations: Readonly<Record<string, LocationSpec>>
}

export interface LocationSpec {
  /** Directory served, relative to the application's root; absent: nothing is served from disk. */
  readonly root?: string | undefined
  /** True: what is no file goes to the application; a string: to that path (e.g. `/index.php`); false: 404. */
  readonly passthru: boolean | string
  readonly index: readonly string[]
  /** Milliseconds a response may be cached; -1: no header. */
  readonly expiresMs: number
  readonly allow: boolean
  readonly scripts: boolean
  readonly headers: Readonly<Record<string, string>>
  /** Regular expression on the path -> what differs for those paths. */
  readonly rules: Readonly<Record<string, Partial<Omit<LocationSpec, 'index' | 'root' | 'rules'>>>>
}

export interface WorkerSpec {
  readonly name: string
  readonly preStart?: string | undefined
  readonly start: string
  readonly scale: number
  readonly variables: Readonly<Record<string, string>>
  readonly mounts: readonly MountSpec[]
  readonly resources: ResourcesSpec
  readonly probes?: ProbesSpec | undefined
  /** In place of its application's; absent: those. */
  readonly relationships?: readonly RelationshipSpec[] | undefined
}

export interface CronSpec {
  readonly name: string
  /** Five fields; `H` as in the Platform.sh family is replaced already by a stable number. */
  readonly schedule: string
  readonly start: string
  readonly stop?: string | undefined
  readonly shutdownTimeoutMs: number
  readonly timeoutMs: number
  readonly concurrency: 'forbid' | 'allow' | 'replace'
}

export interface MountSpec {
  /** Where it appears, relative to the application's root. */
  readonly path: string
  /** `shared`: one volume for all instances; `instance`: one each; `tmp`: emptied at each start. */
  readonly source: 'shared' | 'instance' | 'tmp'
  /** Volume name, unique per environment: mounts of the same volume share files. */
  readonly volume: string
  /** Directory inside the volume. */
  readonly sourcePath: string
}

export interface ResourcesSpec {
  readonly cpu?: number | undefined
  readonly memoryMb?: number | undefined
}

export interface ProbesSpec {
  readonly readiness?: ProbeSpec | undefined
  readonly liveness?: ProbeSpec | undefined
  readonly startup?: ProbeSpec | undefined
}

export interface ProbeSpec {
  readonly check:
    | { readonly kind: 'http'; readonly path: string; readonly port?: number | undefined }
    /** `host`, with a port: another address than that where the service listens for the platform, e.g. `127.3.0.1`. */
    | { readonly kind: 'tcp'; readonly host?: string | undefined; readonly port?: number | undefined }
    | { readonly kind: 'exec'; readonly command: readonly string[] }
  readonly initialDelayMs: number
  readonly periodMs: number
  readonly timeoutMs: number
  readonly successThreshold: number
  readonly failureThreshold: number
}

/** One address pattern. `{default}` and `{all}` are replaced by the environment's own hosts at deploy time. */
export interface RouteSpec {
  readonly scheme: 'http' | 'https' | 'both'
  /** Host with placeholders, e.g. `{default}`, `www.{default}`, `*.{default}`, `shop.example.com`. */
  readonly host: string
  /** Begins with `/`. */
  readonly path: string
  readonly id?: string | undefined
  readonly primary: boolean
  readonly target:
    | { readonly kind: 'application'; readonly application: string }
    | { readonly kind: 'redirect'; readonly to: string; readonly code: 301 | 302 | 307 | 308 }
  readonly redirects: readonly RedirectSpec[]
  readonly sticky: boolean
}

export interface RedirectSpec {
  readonly path: string
  readonly to: string
  readonly regexp: boolean
  readonly prefix: boolean
  readonly appendSuffix: boolean
  readonly code: 301 | 302 | 307 | 308
}
