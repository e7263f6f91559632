import type { Activity, Environment, EnvironmentRef } from '../../core/model.ts'
import { type Column, listView, recordView } from '../output/view.ts'
import { printTarget } from '../target-name.ts'
import { renderTime } from './relative-time.ts'
import { describeReturn } from './restored.ts'

const name: Column<Environment> = { cell: environment => environment.name, name: 'name' }
const type: Column<Environment> = { cell: environment => environment.type, name: 'type' }
const status: Column<Environment> = { cell: environment => environment.status, name: 'status' }
const parent: Column<Environment> = { cell: environment => environment.parent, name: 'parent' }

export const environmentList = listView<Environment>([
  name,
  type,
  status,
  parent,
  { cell: environment => environment.urls[0], name: 'url' },
])

export const environmentRecord = recordView<Environment>([
  name,
  { cell: environment => environment.project, name: 'project' },
  { cell: environment => environment.id, name: 'id' },
  type,
  status,
  parent,
  { cell: environment => environment.deployment, name: 'deployment' },
  { cell: environment => environment.urls.join(' '), name: 'urls' },
  { cell: ({ createdAt }, layout) => renderTime(createdAt, layout), name: 'created' },
])

/** With the way back, where there is one. */
export function renderSynced(environment: EnvironmentRef, { output }: Activity): string {
  const safety = output?.['safetyBackup']
  return [
    `brought what its parent has to ${printTarget(environment)}\n`,
    ...(typeof safety === 'string' ? [`${describeReturn(safety, environment)}\n`] : []),
  ].join('')
}

/** With what is left: the last backups. */
export function renderDeleted(deleted: string, { output }: Activity): string {
  const { backup, backups } = output ?? {}
  const made = [backup, ...(Array.isArray(backups) ? backups : [])].filter(id => typeof id === 'string')
  return [`deleted ${deleted}\n`, ...made.map(id => `last backup: ${id}\n`)].join('')
}
