import { createHash } from 'node:crypto'
import type { ApplicationSpec, EnvironmentSpec, WorkerSpec } from '../../config/environment-spec.ts'
import type { ServiceConnection } from '../services/port.ts'
import type { AssignedHost } from './hosts.ts'
import type { EnvironmentType, Formation } from '../../core/model.ts'

/** Everything that makes a deployment what it is. Stored with it. */
export interface StoredRelease {
  /** Id of the deployment. */
  readonly id: string
  readonly project: string
  readonly environment: { readonly id: string; readonly name: string; readonly type: EnvironmentType }
  readonly spec: EnvironmentSpec
  readonly tree: string
  /** Application -> build id and the directories of its runtime. */
  readonly builds: Readonly<Record<string, ReleaseBuild>>
  /** Project's and environment's run-time variables as they were at release. */
  readonly variables: Readonly<Record<string, string>>
  readonly urls: readonly string[]
  /** All that its environment has. */
  readonly hosts: readonly AssignedHost[]
  /** What people asked for by `scale`, in place of the file's numbers. */
  readonly formation: readonly Formation[]
  /** Service -> a token that changes when a restart of its instances is wanted. */
  readonly restarts: Readonly<Record<string, string>>
}

/** With the managed services as they are reached now: enough to run it. */
export interface Release extends StoredRelease {
  /** Application, or worker with relationships of its own -> relationship -> how its managed service is reached, with passwords; never stored with the release. */
  readonly relationships: Readonly<Record<string, Readonly<Record<string, readonly ServiceConnection[]>>>>
}

export interface ReleaseBuild {
  readonly id: string
  /** Directories put before the base PATH. */
  readonly path: readonly string[]
}

/** One service of a release, be it the web part of an application or one of its workers. */
export interface ReleaseService {
  readonly name: string
  readonly kind: 'web' | 'worker'
  readonly application: ApplicationSpec
  readonly worker?: WorkerSpec | undefined
  readonly count: number
  readonly cpu?: number | undefined
  readonly memoryMb?: number | undefined
}

/** The environment's name with a short hash, as the Platform.sh family calls it: `main-1a2b3c4`. */
export function machineName({ environment: { id, name } }: Pick<Release, 'environment'>): string {
  return `${name}-${createHash('sha256').update(id).digest('hex').slice(0, 7)}`
}

/** The services that run processes, in the order of the applications' dependencies. */
export function releaseServices(release: Pick<StoredRelease, 'spec' | 'formation'>): readonly ReleaseService[] {
  return release.spec.applications
    .filter(application => application.deploy)
    .flatMap(application => [
      ...webService(application),
      ...application.workers.map(worker => workerService(application, worker)),
    ])
    .map(service => ({ ...service, ...override(service.name, release.formation) }))
}

function webService(application: ApplicationSpec): ReleaseService[] {
  if (application.web !== undefined && application.web.commands.start === undefined) return []
  if (application.web === undefined && application.workers.length > 0) return []
  return [
    {
      application,
      count: application.scale,
      kind: application.web ? 'web' : 'worker',
      name: application.name,
      ...application.resources,
    },
  ]
}

function workerService(application: ApplicationSpec, worker: WorkerSpec): ReleaseService {
  return { application, count: worker.scale, kind: 'worker', name: worker.name, worker, ...worker.resources }
}

function override(name: string, formation: readonly Formation[]): Partial<ReleaseService> {
  const found = formation.find(({ service }) => service === name)
  if (!found) return {}
  const { count, cpu, memoryMb } = found
  return { count, ...(cpu === undefined ? {} : { cpu }), ...(memoryMb === undefined ? {} : { memoryMb }) }
}

/** True where the file allows old and new to run side by side. */
export function runsBeside(service: ReleaseService): boolean {
  return (
    service.kind === 'web' &&
    service.application.strategy === 'rolling' &&
    service.application.mounts.every(({ source }) => source !== 'instance')
  )
}
