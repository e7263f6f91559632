import type { Environment } from '../../core/model.ts'
import { type Column, listView, recordView } from '../output/view.ts'
import { renderTime } from './relative-time.ts'

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
