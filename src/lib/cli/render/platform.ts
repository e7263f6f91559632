import type { LocalPlatformStatus, Token } from '../../providers/local-platform.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { renderFacts, renderTable } from './table.ts'

export function renderPlatformStatus(status: LocalPlatformStatus, layout: Layout): string {
  const { addresses, engine, environments, home, pid, startedAt, version } = status
  return renderFacts(
    [
      ['running', `pid ${pid}, version ${version}, started ${renderTime(startedAt, layout)}`],
      ['engine', engine.name],
      ['isolation', `${engine.isolation.level}: ${engine.isolation.description}`],
      ['socket', addresses.socket],
      ['api', addresses.api],
      ['http', addresses.http],
      ['https', addresses.https],
      ['environments', String(environments)],
      ['home', home],
    ],
    layout,
  )
}

export function renderTokens(tokens: readonly Token[], layout: Layout): string {
  return renderTable(
    tokens,
    [
      { cell: token => token.name, head: 'name' },
      { cell: token => token.scope, head: 'scope' },
      { cell: token => token.project ?? '', head: 'project' },
      { cell: token => renderTime(token.createdAt, layout), head: 'created' },
      { cell: token => renderTime(token.expiresAt, layout), head: 'expires' },
      { cell: token => renderTime(token.lastUsedAt, layout), head: 'last used' },
    ],
    layout,
  )
}
