import type { Readable, Writable } from 'node:stream'
import type { Instance } from '../../core/model.ts'
import type { ProbesSpec } from '../../config/environment-spec.ts'

/*
 * Where instances live. Declarative and idempotent: applying twice changes nothing. Nothing here assumes a host, a port
 * or a local directory: artifacts and volumes are named, endpoints are the engine's to report.
 */

/** All that should run for one environment. */
export interface DesiredEnvironment {
  /** The environment's id: a file name and a host label. */
  readonly environment: string
  /** Grows with each change; an engine ignores one that is older than what it has. */
  readonly generation: number
  readonly releases: readonly ReleaseState[]
}

export interface ReleaseState {
  /** Id of the deployment. */
  readonly id: string
  /** Share of the traffic, 0 to 100; 0 runs beside without traffic. */
  readonly weight: number
  readonly services: readonly ServiceState[]
}

/** A service of one release: `count` equal instances. */
export interface ServiceState {
  readonly name: string
  readonly kind: 'web' | 'worker' | 'managed'
  readonly count: number
  readonly launch: LaunchSpec
  /** Shell line run before `launch` at each start, in the same surroundings. */
  readonly preStart?: string | undefined
  readonly probes: ProbesSpec
  /** Command that succeeds while it brings its data in order after a crash: however long that takes, its startup probe ends nothing. */
  readonly recovering?: readonly string[] | undefined
  readonly graceMs: number
  /** Changes when a restart of otherwise equal instances is wanted. */
  readonly restartToken?: string | undefined
}

/** What is run, and all that it sees. */
export interface LaunchSpec {
  /** Shell line for `sh -c`, or an argument vector. */
  readonly command: string | readonly string[]
  /** Artifact (build) id: read-only. */
  readonly artifact: string
  /** Directory in the artifact, `.` for its root. */
  readonly directory: string
  /** The whole environment: nothing is added but PORT or SOCKET, HOME, TMPDIR, PATH and the engine's own names. */
  readonly variables: Readonly<Record<string, string>>
  /** Directories put before the base PATH, relative to the artifact's root or absolute (a chosen runtime). */
  readonly path: readonly string[]
  readonly mounts: readonly MountBinding[]
  /** Absent: it listens nowhere. */
  readonly listen?: { readonly family: 'tcp' | 'unix'; readonly expectedPort?: number | undefined } | undefined
  readonly cpu?: number | undefined
  readonly memoryMb?: number | undefined
  /**
   * Volume that it mounts -> bytes that its files may take, where the file system enforces that; one that is not named has no
   * limit. Absent: limits stay as they are.
   */
  readonly quotas?: Readonly<Record<string, number>> | undefined
  /** `none`: reaches nothing, not even 127.0.0.1 of others, where the isolation level can; absent: the host's network. */
  readonly network?: 'none' | undefined
  /** Host name -> address, known to its processes where the isolation level can. */
  readonly hosts?: Readonly<Record<string, string>> | undefined
}

export interface MountBinding {
  /** Relative to the artifact's root. */
  readonly path: string
  readonly source: 'shared' | 'instance' | 'tmp'
  readonly volume: string
  readonly sourcePath: string
}

export interface EngineInstance extends Instance {
  /** Of the latest desired state that wants it as it is: an older one while it waits to be replaced or to end. */
  readonly generation: number
  /** Address of the instance for the edge: `127.0.0.1:PORT` or `unix:/path`. */
  readonly endpoint?: string | undefined
  /** Where its processes see the application's files. */
  readonly appDirectory?: string | undefined
  /** It says that it brings its data in order after a crash. */
  readonly isRecovering?: boolean | undefined
  /** The last lines it printed, when it failed. */
  readonly lastLines?: readonly string[] | undefined
}

/** A command that runs once to its end, in the surroundings of a service: hooks, crons, dumps, builds. */
export interface JobSpec {
  /** Chosen by the caller. Starting a job whose id is known attaches to it: a job never runs twice. */
  readonly id: string
  readonly environment: string
  readonly launch: LaunchSpec
  readonly timeoutMs: number
  readonly graceMs: number
  /** A directory that the job may write although it lies in the artifact store: builds only. */
  readonly writable?: readonly string[] | undefined
  /** `web.2`: whose dedicated volumes it sees; the first of the service that its lines are of unless told. */
  readonly instance?: string | undefined
  /** Source and service of its lines in the environment's log. */
  readonly log: { readonly source: string; readonly service?: string | undefined }
  /** Which of its streams are the caller's, byte by byte, instead of nothing (stdin) and lines (stdout). */
  readonly streams?: { readonly stdin?: boolean | undefined; readonly stdout?: boolean | undefined } | undefined
}

/**
 * The caller's ends of a job's streams. Backpressured. A job whose caller goes away, or whose caller's stream fails, is ended:
 * a process would take a cut for the end of its input. Its processes cannot open them by name (`/dev/stdin`).
 */
export interface JobStreams {
  /** Destroyed when the job ends without having read it to its end. */
  readonly stdin?: Readable | undefined
  /** Ended after the last byte, before the result is returned. */
  readonly stdout?: Writable | undefined
}

/** Files that outlive instances. */
export interface Volume {
  readonly name: string
  /** `web.1`: the instance it is dedicated to; absent: shared. */
  readonly instance?: string | undefined
  /** What its files take on disk. */
  readonly bytes: number
  readonly files: number
  /** Bytes beyond which the file system refuses to write; absent: it does not. */
  readonly limitBytes?: number | undefined
}

export interface VolumeCopy {
  /** Ids of environments. */
  readonly from: string
  readonly to: string
  /** Each with the name that its copy gets. Those that `from` does not have are passed over. */
  readonly volumes: readonly (Pick<Volume, 'instance' | 'name'> & { readonly as: string })[]
}

export interface FreezeOptions {
  /** Names of services; absent: all but the managed ones. */
  readonly services?: readonly string[] | undefined
  /** They go on by themselves after this long. */
  readonly maxMs: number
}

/** Processes that were stopped where they are (SIGSTOP). */
export interface Frozen {
  /** Aborted when they went on before they were told to: the time given has passed, or what held them has died. */
  readonly lost: AbortSignal
  /** They go on. Repeating it does nothing. They also go on when the caller dies. */
  thaw(): Promise<void>
}

export interface JobLine {
  readonly at: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
}

export type JobResult =
  | { readonly kind: 'exited'; readonly exitCode: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' }
  /** The keeper died with it, or its streams were cut: whether it did its work is not known. */
  | { readonly kind: 'lost' }

export interface SessionRequest {
  readonly environment: string
  readonly service: string
  /** `web.1`; absent: any ready instance. */
  readonly instance?: string | undefined
  /** Absent: a login shell. */
  readonly command?: readonly string[] | undefined
  /** Besides those of the service. */
  readonly variables?: Readonly<Record<string, string>> | undefined
  readonly tty: boolean
  readonly term?: string | undefined
  readonly columns?: number | undefined
  readonly rows?: number | undefined
}

export interface IsolationLevel {
  /** `namespaces`: own mounts, processes and users; `user`: a user per environment; `none`: the platform's own user. */
  readonly level: 'namespaces' | 'user' | 'none'
  /** What holds and what does not, in a sentence. */
  readonly description: string
  /** Whether `network: 'none'` of a launch holds. */
  readonly cutsNetwork: boolean
}

export interface Engine {
  readonly name: string
  isolation(): Promise<IsolationLevel>
  /** Converges to the desired state and returns once it is recorded; progress shows in `instances` and `watch`. Idempotent. */
  apply(desired: DesiredEnvironment): Promise<void>
  /** What runs now. An environment the engine does not know has none. */
  instances(environment: string): Promise<readonly EngineInstance[]>
  /** The instances at once and again after each change; ends when the signal aborts. Survives a restart of what is behind it. */
  watch(environment: string, signal: AbortSignal): AsyncIterable<readonly EngineInstance[]>
  /**
   * Starts the job, or attaches to the one of that id, and yields its lines from the first; returns its result.
   * Aborting the signal only detaches; `cancel` ends the job. One with streams belongs to its caller: aborting ends it,
   * and attaching to it gives `lost`. @throws what one of the caller's streams failed with
   */
  run(job: JobSpec, signal: AbortSignal, streams?: JobStreams): AsyncGenerator<JobLine, JobResult>
  /** Ends a job gracefully, then by force. Unknown jobs count as ended. */
  cancel(environment: string, job: string): Promise<void>
  /** The address (Unix socket path and HTTP path) that speaks `aloft.session.v1` for this session. @throws not-found.instance */
  session(request: SessionRequest): Promise<{ readonly socket: string; readonly path: string }>
  /**
   * Stops the processes of instances, sessions in them, hooks and crons where they are; resolves when all stand still.
   * Meanwhile nothing of these services is started or restarted, and failing probes do not count; jobs start as ever.
   * @throws unavailable.timeout when one cannot be stopped; then none is
   */
  freeze(environment: string, options: FreezeOptions): Promise<Frozen>
  /** All volumes, also those that nothing mounts any more: they stay until they are removed. */
  volumes(environment: string): Promise<readonly Volume[]>
  /** Removes the volumes of these names with all in them; absent ones succeed. @throws conflict.volume-in-use */
  removeVolumes(environment: string, names: readonly string[]): Promise<void>
  /** Whether copies of volumes share what they hold with the original until one of the two is changed. */
  sharesCopies(): Promise<boolean>
  /**
   * Copies volumes, clones where the file system has them, in the place of what has the names of the copies in `to`. They
   * are whole once it resolves; until then nothing may mount them. One call waits for the other. What writes to them in `from` must have been stopped.
   * @throws conflict.volume-in-use when something in `to` mounts what is replaced; failed.disk-full
   */
  copyVolumes(copy: VolumeCopy): Promise<void>
  /** Directory of the environment's log store (see logs/). */
  logDirectory(environment: string): string
  /** Stops all instances of all environments; what should run is remembered and taken up at the next start. */
  stopAll(): Promise<void>
  /** Stops all instances and forgets the environment with its volumes. An unknown one succeeds. */
  remove(environment: string): Promise<void>
  /** Lets go of everything without stopping instances. */
  close(): Promise<void>
}
