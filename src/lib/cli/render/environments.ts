import type { Environment } from '../../core/model.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { type Column, renderFacts, renderTable } from './table.ts'

const columns: readonly Column<Environment>[] = [
  { cell: environment => environment.name, head: 'name' },
  { cell: environment => environment.type, head: 'type' },
  { cell: environment => environment.status, head: 'status' },
  { cell: environment => environment.parent ?? '', head: 'parent' },
  { cell: environment => environment.urls[0] ?? '', head: 'url' },
]

export function renderEnvironments(environments: readonly Environment[], layout: Layout): string {
  return renderTable(environments, columns, layout)
}

export function renderEnvironment(environment: Environment, layout: Layout): string {
  const { createdAt, deployment, id, name, parent, project, status, type, urls } = environment
  return renderFacts(
    [
      ['name', name],
      ['project', project],
      ['id', id],
      ['type', type],
      ['status', status],
      ['parent', parent],
      ['deployment', deployment],
      ['urls', urls.join(' ')],
      ['created', renderTime(createdAt, layout)],
    ],
    layout,
  )
}
