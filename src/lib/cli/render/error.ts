import type { ErrorDocument } from '../../core/errors.ts'
import type { Layout } from './layout.ts'

/** For people, on stderr. */
export function renderError({ code, details, message, suggestions }: ErrorDocument, { paint }: Layout): string {
  const lines = [`${paint.red.bold('Error:')} ${message}`]
  for (const line of logTail(details, message)) lines.push(paint.dim(`  | ${line}`))
  lines.push(`${paint.dim('Code:')} ${code}`)
  const { requestId } = details ?? {}
  if (typeof requestId === 'string') lines.push(`${paint.dim('Request:')} ${requestId}`)
  for (const suggestion of suggestions) lines.push(`${paint.cyan('Try:')} ${suggestion}`)
  return `${lines.join('\n')}\n`
}

/** What the log ends with, but for what the message says already. */
function logTail(details: ErrorDocument['details'], message: string): readonly string[] {
  const log = details?.['log']
  return Array.isArray(log) ? log.filter(line => typeof line === 'string' && !message.endsWith(line)) : []
}
