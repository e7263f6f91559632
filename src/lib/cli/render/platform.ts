import type { LocalPlatformStatus, Token } from '../../providers/local-platform.ts'
import { type Column, listView } from '../output/view.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { renderFacts } from './table.ts'

const facts: readonly Column<LocalPlatformStatus>[] = [
  {
    cell: ({ pid, startedAt, version }, layout) =>
      `pid ${pid}, version ${version}, started ${renderTime(startedAt, layout)}`,
    name: 'running',
  },
  { cell: ({ engine }) => engine.name, name: 'engine' },
  { cell: ({ engine: { isolation } }) => `${isolation.level}: ${isolation.description}`, name: 'isolation' },
  { cell: ({ addresses }) => addresses.socket, name: 'socket' },
  { cell: ({ addresses }) => addresses.api, name: 'api' },
  { cell: ({ addresses }) => addresses.http, name: 'http' },
  { cell: ({ addresses }) => addresses.https, name: 'https' },
  { cell: ({ environments }) => String(environments), name: 'environments' },
  { cell: ({ home }) => home, name: 'home' },
]

export function renderPlatformStatus(status: LocalPlatformStatus, layout: Layout): string {
  return renderFacts(status, facts, layout)
}

export const tokenList = listView<Token>([
  { cell: token => token.name, name: 'name' },
  { cell: token => token.scope, name: 'scope' },
  { cell: token => token.project, name: 'project' },
  { cell: (token, layout) => renderTime(token.createdAt, layout), name: 'created' },
  { cell: (token, layout) => renderTime(token.expiresAt, layout), name: 'expires' },
  { cell: (token, layout) => renderTime(token.lastUsedAt, layout), name: 'last-used' },
])
