import { BACKUP_SCOPES } from '../../core/model.ts'
import type { Backups } from '../backups-port.ts'
import type { PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'

/** Of a plan for which the platform reads all that would be restored: as fast as its disk is, and no faster. */
const READ_MS = 12 * 60 * 60_000

export function createBackups(client: PlatformClient): Backups {
  return {
    create: ({ consistency, environment, keep, label, only }, call) =>
      client.call(
        'createBackup',
        { body: { consistency, keep, label, only: [...only] }, params: environmentParams(environment) },
        call,
      ),
    delete: async ({ confirm, id }, call) => {
      await client.call('deleteBackup', { params: { backup: id }, query: { confirm } }, call)
    },
    download: async (request, sink, call) => (await import('./transfers.ts')).download(client, { request, sink }, call),
    get: (id, call) => client.call('getBackup', { params: { backup: id } }, call),
    async *list(filter, call) {
      yield* (await client.call('listBackups', { query: filter }, call)).items
    },
    plan: ({ environment, ...request }, call) =>
      client.call(
        'planRestore',
        { body: toBody(request), params: environmentParams(environment) },
        request.checkContents ? { ...call, deadlineMs: READ_MS } : call,
      ),
    restore: ({ environment, ...request }, call) =>
      client.call('restore', { body: toBody(request), params: environmentParams(environment) }, call),
    retention: (environment, call) => client.call('backupRetention', { params: environmentParams(environment) }, call),
    schedule: async (environment, call) =>
      (await client.call('backupSchedule', { params: environmentParams(environment) }, call)).schedule,
    setRetention: (environment, retention, call) =>
      client.call('setBackupRetention', { body: retention, params: environmentParams(environment) }, call),
    async setSchedule(environment, schedule, call) {
      const body = { schedule: schedule ? { ...schedule, only: [...schedule.only] } : null }
      return (await client.call('setBackupSchedule', { body, params: environmentParams(environment) }, call)).schedule
    },
    setStorage: async (environment, storage, call) =>
      (await client.call('setBackupStorage', { body: { storage }, params: environmentParams(environment) }, call))
        .storage,
    storage: async ({ environment, wanted }, call) =>
      (await client.call('backupStorage', { params: environmentParams(environment), query: { wanted } }, call)).storage,
    support: {
      consistency: ['consistent', 'live'],
      delete: true,
      download: true,
      keep: true,
      label: true,
      only: BACKUP_SCOPES,
      restore: { only: true, otherEnvironment: true, otherProject: true, plan: true, rename: true, safetyBackup: true },
      retention: true,
      schedule: true,
      storage: true,
      upload: true,
      verify: true,
    },
    upload: async (request, call) => (await import('./transfers.ts')).upload(client, request, call),
    verify: (id, call) => client.call('verifyBackup', { params: { backup: id } }, call),
  }
}

function toBody<T extends { readonly only: readonly U[]; readonly rename: Readonly<Record<string, string>> }, U>(
  request: T,
): Omit<T, 'only' | 'rename'> & { only: U[]; rename: Record<string, string> } {
  return { ...request, only: [...request.only], rename: { ...request.rename } }
}
