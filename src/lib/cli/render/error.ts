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

/** What the log ends with, and what the program that failed printed last, but for what the message or the log says already. */
function logTail(details: ErrorDocument['details'], message: string): readonly string[] {
  const log = linesOf(details?.['log']).filter(line => !message.endsWith(line))
  return [...log, ...linesOf(details?.['lastLines']).filter(line => !message.includes(line) && !log.includes(line))]
}

function linesOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(line => typeof line === 'string') : []
}
