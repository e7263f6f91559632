import type { Backup, BackupContent, BackupRetention, BackupSchedule, BackupStorage } from '../../core/model.ts'
import { type Column, listView, recordView } from '../output/view.ts'
import { renderBytes } from './bytes.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { renderFacts, renderTable } from './table.ts'

const id: Column<Backup> = { cell: backup => backup.id, name: 'id' }
const environment: Column<Backup> = {
  cell: backup => `${backup.project}/${backup.environment}`,
  isPlace: true,
  name: 'environment',
}
const state: Column<Backup> = { cell: renderState, name: 'state' }
const reason: Column<Backup> = { cell: backup => backup.reason, name: 'reason' }
const size: Column<Backup> = { cell: ({ sizeBytes }, layout) => renderSize(sizeBytes, layout), name: 'size' }
const label: Column<Backup> = { cell: backup => backup.label, isFlexible: true, name: 'label' }
const verified: Column<Backup> = { cell: ({ verification }) => verification?.result, name: 'verified' }
const created: Column<Backup> = { cell: ({ createdAt }, layout) => renderTime(createdAt, layout), name: 'created' }

export const backupList = listView<Backup>([id, environment, state, reason, size, verified, created, label])

const facts: readonly Column<Backup>[] = [
  id,
  environment,
  state,
  reason,
  label,
  { cell: ({ consistency }) => consistency, name: 'consistency' },
  size,
  {
    cell: ({ pausedMs }) => (pausedMs === undefined ? undefined : `${(pausedMs / 1000).toFixed(2)} s`),
    name: 'paused',
  },
  verified,
  { cell: ({ verification }, layout) => renderTime(verification?.at, layout), name: 'verified-at' },
  { cell: ({ verification }) => verification?.problems.join('; '), name: 'problems' },
  created,
  { cell: ({ completedAt }, layout) => renderTime(completedAt, layout), name: 'completed' },
  {
    cell: ({ expiresAt }, layout) => (expiresAt === undefined ? 'never by itself' : renderTime(expiresAt, layout)),
    name: 'may-expire',
  },
]

const contents: readonly Column<BackupContent>[] = [
  { cell: ({ kind }) => kind, name: 'kind' },
  { cell: ({ name }) => name, name: 'name' },
  { cell: ({ type }) => type, name: 'type' },
  { cell: ({ files, rows }) => renderCount(rows, 'row') || renderCount(files, 'file'), name: 'content' },
  { cell: ({ bytes }, layout) => renderSize(bytes, layout), name: 'size' },
]

/** The facts, and what is in it below them. */
export const backupRecord = recordView(facts, async (backup: Backup, layout) => {
  const text = renderFacts(backup, facts, layout)
  if (backup.contents.length === 0) return text
  return `${text}${layout.isTerminal ? '\n' : ''}${await renderTable(backup.contents, contents, layout)}`
})

export const scheduleRecord = recordView<Partial<BackupSchedule>>([
  { cell: ({ cron }) => cron ?? 'off', name: 'schedule' },
  { cell: ({ timeZone }) => timeZone, name: 'time-zone' },
  { cell: ({ consistency }) => consistency, name: 'consistency' },
  { cell: ({ only }) => only?.join(','), name: 'only' },
  { cell: ({ lastAt }, layout) => renderTime(lastAt, layout), name: 'last' },
  { cell: ({ nextAt }, layout) => renderTime(nextAt, layout), name: 'next' },
])

export const retentionRecord = recordView<BackupRetention>([
  { cell: ({ days }) => String(days), name: 'days' },
  { cell: ({ weeks }) => String(weeks), name: 'weeks' },
  { cell: ({ months }) => String(months), name: 'months' },
])

export const storageRecord = recordView<{ readonly storage: BackupStorage }>([
  { cell: ({ storage }) => storage, name: 'storage' },
])

function renderState({ state: now }: Backup, { paint }: Layout): string {
  return { complete: paint.green, failed: paint.red, running: paint.yellow }[now](now)
}

function renderSize(bytes: number, { isTerminal }: Layout): string {
  return isTerminal ? renderBytes(bytes) : String(bytes)
}

function renderCount(count: number | undefined, unit: string): string {
  return count === undefined ? '' : `${count} ${unit}${count === 1 ? '' : 's'}`
}
