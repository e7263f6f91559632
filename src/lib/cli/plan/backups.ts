import type {
  Backup,
  BackupRetention,
  BackupSchedule,
  BackupStorage,
  EnvironmentRef,
  RestorePlan,
} from '../../core/model.ts'
import type { BackupDetails, Backups, CreateBackup } from '../../providers/backups-port.ts'
import type { Call, Provider } from '../../providers/port.ts'
import { renderBytes } from '../render/bytes.ts'
import { printTarget } from '../target-name.ts'
import type { PlannedStep } from './change-plan.ts'
import { find } from './find.ts'
import { paused } from './paused.ts'

/** @throws not-found.*, conflict.paused */
export async function planBackup(
  { consistency, environment, only }: CreateBackup,
  provider: Provider,
  call: Call,
): Promise<PlannedStep[]> {
  const { status } = await provider.environments.get(environment, call)
  if (status === 'paused') throw paused(environment)
  const what = only.length === 0 ? 'everything' : only.join(', ')
  return [{ action: 'back up', kind: 'environment', name: printTarget(environment), to: `${what}, ${consistency}` }]
}

/** Nothing when there is no such backup. */
export async function planDeleteBackup(id: string, backups: Backups, call: Call): Promise<PlannedStep[]> {
  const found: BackupDetails | undefined = await find(backups.get(id, call), 'not-found.backup')
  return found ? [{ action: 'delete', from: found.createdAt, kind: 'backup', name: id }] : []
}

export function planVerify({ id, verification }: Backup): PlannedStep[] {
  return [{ action: 'verify', from: verification?.result, kind: 'backup', name: id }]
}

export function planDownload({ id, sizeBytes }: Backup, file: string): PlannedStep[] {
  return [{ action: 'download', from: `${id}, about ${renderBytes(sizeBytes)}`, kind: 'file', name: file }]
}

export function planUpload(
  file: string,
  { bytes, environment }: { readonly bytes: number; readonly environment: EnvironmentRef },
): PlannedStep[] {
  return [{ action: 'upload', from: renderBytes(bytes), kind: 'file', name: file, to: printTarget(environment) }]
}

export function planSchedule(
  environment: EnvironmentRef,
  before: BackupSchedule | undefined,
  wanted: BackupSchedule | undefined,
): PlannedStep[] {
  return change('schedule', environment, [printSchedule(before), printSchedule(wanted)])
}

export function planRetention(
  environment: EnvironmentRef,
  before: BackupRetention,
  wanted: BackupRetention,
): PlannedStep[] {
  return change('retention', environment, [printRetention(before), printRetention(wanted)])
}

export function planStorage(environment: EnvironmentRef, before: BackupStorage, wanted: BackupStorage): PlannedStep[] {
  return change('storage', environment, [before, wanted])
}

/** In the order in which it happens. */
export function restoreSteps(
  { backup, environment, parts }: RestorePlan,
  { safetyBackup }: { readonly safetyBackup: boolean },
): PlannedStep[] {
  const safety = { action: 'back up', kind: 'environment', name: printTarget(environment), to: 'safety backup' }
  return [
    ...(safetyBackup ? [safety] : []),
    ...parts.map(({ kind, name, target, type }) => ({
      action: 'replace',
      from: type,
      kind,
      name: target,
      to: `${name} of ${backup.id}`,
    })),
  ]
}

function change(kind: string, environment: EnvironmentRef, [from, to]: readonly [string, string]): PlannedStep[] {
  return from === to ? [] : [{ action: 'change', from, kind, name: printTarget(environment), to }]
}

function printSchedule(schedule: BackupSchedule | undefined): string {
  return schedule ? `${schedule.cron} ${schedule.timeZone}` : 'off'
}

function printRetention({ days, months, weeks }: BackupRetention): string {
  return `${days} days, ${weeks} weeks, ${months} months`
}
