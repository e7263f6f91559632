import type { Project } from '../../core/model.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { type Column, renderFacts, renderTable } from './table.ts'

const columns: readonly Column<Project>[] = [
  { cell: project => project.name, head: 'name' },
  { cell: project => project.title, head: 'title' },
  { cell: (project, layout) => renderTime(project.createdAt, layout), head: 'created' },
]

export function renderProjects(projects: readonly Project[], layout: Layout): string {
  return renderTable(projects, columns, layout)
}

export function renderProject({ createdAt, defaultEnvironment, id, name, title }: Project, layout: Layout): string {
  return renderFacts(
    [
      ['name', name],
      ['title', title],
      ['id', id],
      ['default environment', defaultEnvironment],
      ['created', renderTime(createdAt, layout)],
    ],
    layout,
  )
}
