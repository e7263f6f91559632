import { AppError, isAppError } from '../../core/errors.ts'
import type { ActivityContext } from '../activities/port.ts'
import type { BackupDeps } from '../backups/deps.ts'
import { makeBackup } from '../backups/make-backup.ts'
import { listVolumes } from '../backups/volumes.ts'
import { liveRelease, placeOf, requireLive, toRelease } from '../deploy/deployments.ts'
import { startServices } from './start-services.ts'
import { stopAll } from './stop-all.ts'

/**
 * Makes the last backup of an environment, where it has data. False when there is nothing to keep.
 * @throws what making a backup throws: then nothing of the environment was deleted
 */
export async function makeLastBackup(deps: BackupDeps, context: ActivityContext, last: LastBackup): Promise<boolean> {
  try {
    return await make(deps, context, last)
  } catch (error) {
    if (!context.interrupted && deps.store.environments.get(last.environment)?.status === 'paused')
      await stopAll(deps, last.environment)
    if (context.signal.aborted || !isAppError(error)) throw error
    const { code, details, message, suggestions } = error
    throw new AppError(code, `nothing was deleted, for the last backup could not be made: ${message}`, {
      cause: error,
      ...(details && { details }),
      suggestions: [...suggestions, 'to delete it without one: --no-backup'],
    })
  }
}

interface LastBackup {
  readonly backup: string
  readonly environment: string
}

async function make(deps: BackupDeps, context: ActivityContext, { backup, environment }: LastBackup): Promise<boolean> {
  const { isPaused, isWanted } = await context.step(`last:${environment}`, () => lookAt(deps, environment))
  if (!isWanted) return false
  if (isPaused) {
    context.phase('services')
    await context.step(`last:${environment}:services`, () => wakeServices(deps, context, environment))
  }
  await makeBackup(deps, context, {
    backup,
    consistency: 'consistent',
    environment,
    isStopped: isPaused,
    keep: false,
    label: 'the last one before it was deleted',
    only: [],
    reason: 'deletion',
    steps: `last:${environment}:backup`,
  })
  context.log({ message: `its last backup is ${backup}` })
  return true
}

function lookAt(deps: BackupDeps, environment: string): { isPaused: boolean; isWanted: boolean } {
  const { store } = deps
  const record = store.environments.get(environment)
  const release = record && liveRelease(store, placeOf(store, environment))
  if (!record || !release) return { isPaused: false, isWanted: false }
  const types = [...deps.services.types(environment).values()]
  const hasData = types.some(type => type.data) || listVolumes(deps, environment).length > 0
  return { isPaused: record.status === 'paused', isWanted: hasData }
}

/** What is paused has to run once more to be dumped; its applications do not. */
async function wakeServices(deps: BackupDeps, context: ActivityContext, environment: string): Promise<void> {
  const place = placeOf(deps.store, environment)
  const release = await toRelease(deps, requireLive(deps.store, place), place)
  await startServices(deps, context, { release, without: new Set() })
}
