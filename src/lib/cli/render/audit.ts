import type { AuditEntry, AuditVerification } from '../../providers/local-platform.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { renderTable } from './table.ts'

export function renderAudit(entries: readonly AuditEntry[], layout: Layout): string {
  return renderTable(
    entries,
    [
      { cell: ({ sequence }) => String(sequence), head: 'number' },
      { cell: ({ at }) => renderTime(at, layout), head: 'time' },
      { cell: ({ token, user }) => [user, token].filter(Boolean).join(' by token '), head: 'who' },
      { cell: ({ call }) => call, head: 'call' },
      { cell: ({ error, status }) => (error === undefined ? String(status) : `${status} ${error}`), head: 'answer' },
      { cell: ({ request }) => request, head: 'request' },
    ],
    layout,
  )
}

export function renderVerification({ entries, first, last }: AuditVerification): string {
  if (first === undefined || last === undefined) return 'no calls are recorded yet\n'
  return `${entries} ${entries === 1 ? 'call' : 'calls'}, ${first} to ${last}: whole and unchanged\n`
}
