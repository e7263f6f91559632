import type { Project } from '../../core/model.ts'
import { type Column, listView, recordView } from '../output/view.ts'
import { renderTime } from './relative-time.ts'

const name: Column<Project> = { cell: project => project.name, name: 'name' }
const title: Column<Project> = { cell: project => project.title, isFlexible: true, name: 'title' }
const created: Column<Project> = { cell: ({ createdAt }, layout) => renderTime(createdAt, layout), name: 'created' }

export const projectList = listView<Project>([name, title, created])

export const projectRecord = recordView<Project>([
  name,
  title,
  { cell: project => project.id, name: 'id' },
  { cell: project => project.defaultEnvironment, name: 'default-environment' },
  created,
])
