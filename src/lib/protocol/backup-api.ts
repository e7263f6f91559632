import * as z from 'zod/mini'
import { lazily } from '../core/lazily.ts'
import {
  backup,
  backupDetails,
  backupQuery,
  backupRetention,
  backupStorage,
  backupStorageQuery,
  createBackup,
  restorePlan,
  restorePlanRequest,
  restoreRequest,
  scheduleAnswer,
  scheduleRequest,
} from './backup-schemas.ts'
import { AT, type Endpoint, list } from './endpoint.ts'
import { activity } from './model-schemas.ts'

/*
 * Calls about backups. Making one is part of operating what is there, so a `deploy` token may; what gives their content away,
 * replaces data or deletes asks for `write`. Their bytes are moved by transfers (transfers.ts).
 */

export const backupApi = {
  listBackups: {
    call: 'GET /v1/backups',
    summary: 'backups, newest first',
    narrowed: true,
    query: backupQuery,
    response: lazily(() => list(backup())),
  },
  getBackup: {
    call: 'GET /v1/backups/:backup',
    summary: 'one backup, with the manifest of its bundle',
    narrowed: true,
    response: backupDetails,
  },
  deleteBackup: {
    call: 'DELETE /v1/backups/:backup',
    summary:
      'delete a backup; an absent one succeeds. The last good one of its environment only with its id as `confirm`',
    narrowed: true,
    query: lazily(() => z.object({ confirm: z.optional(z.string()) })),
  },
  createBackup: {
    call: `POST ${AT}/backups`,
    summary: 'back up an environment',
    status: 202,
    access: 'deploy',
    body: createBackup,
    response: activity,
  },
  verifyBackup: {
    call: 'POST /v1/backups/:backup/verification',
    summary: 'restore a backup into a throw-away environment and compare',
    status: 202,
    access: 'deploy',
    narrowed: true,
    response: activity,
  },
  restore: {
    call: `POST ${AT}/restore`,
    summary: 'replace the data of an environment by a backup',
    status: 202,
    body: restoreRequest,
    response: activity,
  },
  planRestore: {
    call: `POST ${AT}/restore/plan`,
    summary: 'what a restore would do; changes nothing',
    body: restorePlanRequest,
    response: restorePlan,
  },
  backupSchedule: {
    call: `GET ${AT}/backup-schedule`,
    summary: 'when backups are made by themselves',
    response: scheduleAnswer,
  },
  setBackupSchedule: {
    call: `PUT ${AT}/backup-schedule`,
    summary: 'make backups by themselves, or (with null) no longer',
    body: scheduleRequest,
    response: scheduleAnswer,
  },
  backupRetention: {
    call: `GET ${AT}/backup-retention`,
    summary: 'which backups stay',
    response: backupRetention,
  },
  setBackupRetention: {
    call: `PUT ${AT}/backup-retention`,
    summary: 'change which backups stay, and delete the others',
    body: backupRetention,
    response: backupRetention,
  },
  backupStorage: {
    call: `GET ${AT}/backup-storage`,
    summary: 'where the volumes of backups are kept; refuses a `wanted` one that is not to be had',
    query: backupStorageQuery,
    response: backupStorage,
  },
  setBackupStorage: {
    call: `PUT ${AT}/backup-storage`,
    summary: 'change where the volumes of later backups are kept',
    body: backupStorage,
    response: backupStorage,
  },
} as const satisfies Record<string, Endpoint>
