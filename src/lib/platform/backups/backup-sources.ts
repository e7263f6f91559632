import { AppError } from '../../core/errors.ts'
import type { ActivityContext } from '../activities/port.ts'
import { placeOf, refusePaused } from '../deploy/deployments.ts'
import { whyLeftOut } from '../services/left-out.ts'
import { type CaptureSources, inScope } from './capture.ts'
import type { BackupDeps } from './deps.ts'
import type { CreateBackupInput } from './port.ts'
import { listVolumes } from './volumes.ts'

export interface SourceRequest extends Pick<CreateBackupInput, 'environment' | 'only' | 'reason'> {
  /** Nothing of the applications runs: the environment may be paused. */
  readonly isStopped?: boolean | undefined
}

/**
 * The services and volumes of an environment that a backup of it holds; the log says what is left out and why.
 * @throws conflict.no-data, conflict.paused
 */
export async function findSources(
  deps: BackupDeps,
  context: ActivityContext,
  request: SourceRequest,
): Promise<CaptureSources> {
  const { environment, isStopped = false, only } = request
  if (!isStopped) refusePaused(placeOf(deps.store, environment))
  const all = [...(await deps.services.targets(environment)).values()]
  const sources = inScope({ services: all, volumes: listVolumes(deps, environment) }, only)
  for (const service of sources.services) {
    const reason = whyLeftOut(service)
    if (service.type.launch && reason !== undefined)
      context.log({ message: `${service.place.name} is left out: ${reason}` })
  }
  const kept = { ...sources, services: sources.services.filter(service => whyLeftOut(service) === undefined) }
  refuseEmpty(kept, request)
  return kept
}

/** One that was asked for and holds nothing would count as good. Before a restore and a deletion there may be nothing. */
function refuseEmpty({ services, volumes }: CaptureSources, { only, reason }: SourceRequest): void {
  if (services.length > 0 || volumes.length > 0 || (reason !== 'manual' && reason !== 'scheduled')) return
  const what = only.length > 0 ? only.join(' and ') : 'database and files'
  throw new AppError('conflict.no-data', `there is nothing to back up: the environment has no ${what}`, {
    suggestions: ['aloft services', 'aloft volumes'],
  })
}
