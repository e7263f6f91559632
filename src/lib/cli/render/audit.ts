import type { AuditEntry, AuditVerification } from '../../providers/local-platform.ts'
import { listView } from '../output/view.ts'
import { renderTime } from './relative-time.ts'

export const auditList = listView<AuditEntry>([
  { cell: ({ sequence }) => String(sequence), name: 'number' },
  { cell: ({ at }, layout) => renderTime(at, layout), name: 'time' },
  { cell: ({ token, user }) => [user, token].filter(Boolean).join(' by token '), name: 'who' },
  { cell: ({ call }) => call, name: 'call' },
  { cell: ({ error, status }) => (error === undefined ? String(status) : `${status} ${error}`), name: 'answer' },
  { cell: ({ request }) => request, name: 'request' },
])

export function renderVerification({ entries, first, last }: AuditVerification): string {
  if (first === undefined || last === undefined) return 'no calls are recorded yet\n'
  return `${entries} ${entries === 1 ? 'call' : 'calls'}, ${first} to ${last}: whole and unchanged\n`
}
