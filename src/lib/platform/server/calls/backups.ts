import { AppError } from '../../../core/errors.ts'
import type { BackupSchedule } from '../../../core/model.ts'
import { lastGood } from '../../backups/retention.ts'
import { checkSchedule, nextRun, type StoredSchedule } from '../../backups/schedule.ts'
import { refusePaused } from '../../deploy/deployments.ts'
import { startBackup, startRestore, startVerification } from '../../backups/start.ts'
import type { BackupRecord } from '../../store/port.ts'
import type { Handlers } from '../handlers.ts'
import { findBackup, findPlace } from '../lookup.ts'
import type { CallDeps } from './deps.ts'

type Calls = Pick<
  Handlers,
  | 'backupRetention'
  | 'backupSchedule'
  | 'backupStorage'
  | 'createBackup'
  | 'deleteBackup'
  | 'getBackup'
  | 'listBackups'
  | 'planRestore'
  | 'restore'
  | 'setBackupRetention'
  | 'setBackupSchedule'
  | 'setBackupStorage'
  | 'verifyBackup'
>

export function backupCalls(deps: CallDeps): Calls {
  return { ...recordCalls(deps), ...restoreCalls(deps), ...policyCalls(deps), ...storageCalls(deps) }
}

function recordCalls({
  activities,
  backups,
  store,
}: CallDeps): Pick<Calls, 'createBackup' | 'deleteBackup' | 'getBackup' | 'listBackups' | 'verifyBackup'> {
  return {
    createBackup: ({ body, key, params, principal }) =>
      startBackup(
        activities,
        {
          environment: params.environment,
          place() {
            const place = findPlace(store, params, principal)
            refusePaused(place)
            return place
          },
          project: params.project,
          request: { ...body, reason: 'manual' },
        },
        { createdBy: principal.user, key },
      ),
    async deleteBackup({ params, principal, query }) {
      const backup = store.backups.get(params.backup)
      if (!backup || (principal.project !== undefined && principal.project !== backup.project)) return {}
      if (query.confirm !== backup.id) refuseLast(backup, store.backups.list(backup))
      await backups.delete(backup.id)
      return {}
    },
    getBackup: ({ params, principal }) => findBackup(store, params.backup, principal),
    listBackups: ({ principal, query }) => ({
      items: store.backups.list({ ...query, project: principal.project ?? query.project }).map(toBackup),
    }),
    verifyBackup: ({ key, params, principal }) =>
      startVerification(activities, findBackup(store, params.backup, principal), { createdBy: principal.user, key }),
  }
}

function restoreCalls({ activities, backups, store }: CallDeps): Pick<Calls, 'planRestore' | 'restore'> {
  return {
    async planRestore({ body, params, principal, signal }) {
      const { environment } = findPlace(store, params, principal)
      const backup = findBackup(store, body.backup, principal)
      const plan = await backups.planRestore({ ...body, backup: backup.id, environment: environment.id }, signal)
      return {
        ...plan,
        backup: toBackup(backup),
        environment: { environment: params.environment, project: params.project },
      }
    },
    restore: ({ body, key, params, principal }) =>
      startRestore(
        activities,
        {
          environment: params.environment,
          find: () => ({
            backup: findBackup(store, body.backup, principal),
            place: findPlace(store, params, principal),
          }),
          project: params.project,
          request: body,
        },
        { createdBy: principal.user, key },
      ),
  }
}

function policyCalls({
  policies,
  scheduler,
  store,
}: CallDeps): Pick<Calls, 'backupRetention' | 'backupSchedule' | 'setBackupRetention' | 'setBackupSchedule'> {
  return {
    backupRetention: ({ params, principal }) => policies.retention(findPlace(store, params, principal).environment.id),
    backupSchedule: ({ params, principal }) => ({
      schedule: toSchedule(policies.schedule(findPlace(store, params, principal).environment.id)),
    }),
    async setBackupRetention({ body, params, principal }) {
      const { environment } = findPlace(store, params, principal)
      policies.setRetention(environment.id, body)
      await scheduler.applyRetention([environment.id])
      return body
    },
    setBackupSchedule({ body, params, principal }) {
      const { environment } = findPlace(store, params, principal)
      const schedule =
        body.schedule === null
          ? undefined
          : { ...checkSchedule(body.schedule, environment.id), since: new Date().toISOString() }
      policies.setSchedule(environment.id, schedule)
      return { schedule: toSchedule(schedule) }
    },
  }
}

function storageCalls({ backups, policies, store }: CallDeps): Pick<Calls, 'backupStorage' | 'setBackupStorage'> {
  return {
    async backupStorage({ params, principal, query }) {
      const { environment } = findPlace(store, params, principal)
      if (query.wanted !== undefined) await backups.checkStorage(query.wanted)
      return { storage: policies.storage(environment.id) }
    },
    async setBackupStorage({ body, params, principal }) {
      const { environment } = findPlace(store, params, principal)
      await backups.prepareStorage(body.storage)
      policies.setStorage(environment.id, body.storage)
      return body
    },
  }
}

/** Without what is shown of a single one only. */
function toBackup({
  activity: _activity,
  manifest: _manifest,
  ...backup
}: BackupRecord): Omit<BackupRecord, 'activity'> {
  return backup
}

function toSchedule(schedule: StoredSchedule | undefined): BackupSchedule | undefined {
  if (!schedule) return undefined
  const { since: _since, ...rest } = schedule
  return { ...rest, nextAt: nextRun(schedule) }
}

/** @throws conflict.last-backup */
function refuseLast({ environment, id, project }: BackupRecord, all: readonly BackupRecord[]): void {
  if (!lastGood(all).some(last => last.id === id)) return
  throw new AppError('conflict.last-backup', `${id} is the last good backup of ${project} ${environment}`, {
    suggestions: [`aloft backup -p ${project} -e ${environment}`, `aloft backup delete ${id} --confirm ${id}`],
  })
}
