import { AppError, isAppError } from '../../core/errors.ts'
import type { ActivityContext } from '../activities/port.ts'
import { placeOf, refusePaused } from '../deploy/deployments.ts'
import type { Engine } from '../engine/port.ts'
import { requireClient } from '../services/missing-tool.ts'
import { SERVICES_RELEASE, type ServiceTarget } from '../services/port.ts'
import { type CaptureSources, isInScope } from './capture.ts'
import type { BackupDeps } from './deps.ts'
import type { CreateBackupInput } from './port.ts'
import { listVolumes } from './volumes.ts'

/** How long services that are being started may take to become ready, ms. */
const READY_MS = 60_000

export interface SourceRequest extends Pick<CreateBackupInput, 'environment' | 'only' | 'reason'> {
  /** Nothing of the applications runs: the environment may be paused. */
  readonly isStopped?: boolean | undefined
}

/**
 * The services and volumes of an environment that a backup of it holds; the log says what is left out and why.
 * @throws conflict.no-data, conflict.paused, failed.tool-missing
 */
export async function findSources(
  deps: BackupDeps,
  context: ActivityContext,
  request: SourceRequest,
): Promise<CaptureSources> {
  const { environment, isStopped = false, only } = request
  if (!isStopped) refusePaused(placeOf(deps.store, environment))
  const volumes = isInScope('files', only) ? listVolumes(deps, environment) : []
  const services = isInScope('database', only) ? await dumpable(deps, context, { ...request, volumes }) : []
  const kept = { services, volumes }
  refuseEmpty(kept, request)
  const names = kept.services.map(({ place }) => place.name)
  await untilReady(deps.engine, { environment, names, signal: context.signal })
  return kept
}

/** The services that can be dumped. @throws failed.tool-missing where that takes programs that are not there: a backup is whole, or none */
async function dumpable(
  { services }: BackupDeps,
  context: ActivityContext,
  { environment, only, reason, volumes }: SourceRequest & Pick<CaptureSources, 'volumes'>,
): Promise<ServiceTarget[]> {
  const types = [...services.types(environment)]
  const leaveOut = (name: string, why: string): void => context.log({ message: `${name} is left out: ${why}` })
  for (const [name, type] of types) if (type.launch && !type.data) leaveOut(name, type.backup.description)
  const names = new Set(types.flatMap(([name, { data }]) => (data ? name : [])))
  const isAsked = reason === 'manual' || reason === 'scheduled'
  try {
    return [...(await services.targets(environment, names)).values()].filter(target => {
      const why = target.type.withoutBackup?.(target.place.installed)
      if (why === undefined) requireClient(target)
      else leaveOut(target.place.name, why)
      return why === undefined
    })
  } catch (error) {
    if (!isAppError(error) || !isAsked || only.length > 0 || volumes.length === 0) throw error
    const { code, details, message, suggestions } = error
    throw new AppError(code, message, {
      cause: error,
      ...(details && { details }),
      suggestions: [...suggestions, 'what needs none of it: aloft backup --only files'],
    })
  }
}

interface Awaited {
  readonly environment: string
  readonly names: readonly string[]
  readonly signal: AbortSignal
}

/** A backup that was missed is made when the machine has just started. What does not get ready says why when it is dumped. */
async function untilReady(engine: Engine, { environment, names, signal }: Awaited): Promise<void> {
  for await (const all of engine.watch(environment, AbortSignal.any([signal, AbortSignal.timeout(READY_MS)]))) {
    const ready = all.filter(({ release, state }) => release === SERVICES_RELEASE && state === 'ready')
    if (names.every(name => ready.some(({ service }) => service === name))) return
  }
  signal.throwIfAborted()
}

/** One that was asked for and holds nothing would count as good. Before a restore and a deletion there may be nothing. */
function refuseEmpty({ services, volumes }: CaptureSources, { only, reason }: SourceRequest): void {
  if (services.length > 0 || volumes.length > 0 || (reason !== 'manual' && reason !== 'scheduled')) return
  const what = only.length > 0 ? only.join(' and ') : 'database and files'
  throw new AppError('conflict.no-data', `there is nothing to back up: the environment has no ${what}`, {
    suggestions: ['aloft services', 'aloft volumes'],
  })
}
