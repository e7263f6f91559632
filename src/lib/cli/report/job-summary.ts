import { appendFile } from 'node:fs/promises'
import { stripVTControlCharacters } from 'node:util'
import type { ErrorDocument } from '../../core/errors.ts'
import type { Activity } from '../../core/model.ts'
import { renderDuration } from '../render/relative-time.ts'
import { describeDeployed, deployedUrls } from '../render/deploy.ts'
import type { RunRecord } from './record.ts'

/** Appends to the page that GitHub shows of a job. */
export async function appendJobSummary(file: string, record: RunRecord): Promise<void> {
  await appendFile(file, renderJobSummary(record))
}

/** Markdown: how it ended, how long it took, where it is served, what to type next. */
export function renderJobSummary(record: RunRecord): string {
  const { activity, endedAt, error, startedAt } = record
  const took = renderDuration(new Date(startedAt).toISOString(), new Date(endedAt).toISOString(), endedAt)
  const outcome = error?.code ?? activity?.result ?? ''
  const lines = [`### ${plain(activity?.description ?? 'aloft')}: ${plain(outcome)}`, '', `Took ${took}.`, '']
  if (activity) lines.push(`- activity ${code(activity.id)}`)
  if (error) lines.push(...failureLines(error, record))
  else if (activity) lines.push(...resultLines(activity))
  return `${lines.join('\n')}\n\n`
}

function resultLines(activity: Activity): string[] {
  const [, ...next] = describeDeployed(activity)
  return [...deployedUrls(activity).map(url => `- <${url}>`), ...next.map(line => `- ${plain(line)}`)]
}

function failureLines({ message, suggestions }: ErrorDocument, { phases }: RunRecord): string[] {
  const tail = phases.at(-1)?.tail ?? []
  const log = tail.length > 0 ? ['', 'The last lines of its log:', '', fenced(tail.join('\n'))] : []
  return ['', fenced(message), '', ...suggestions.map(each => `- ${plain(each)}`), ...log]
}

/** Text of others as text: neither markup nor HTML. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>#|~&]/g, String.raw`\$&`).replaceAll(/\s+/g, ' ')
}

function code(text: string): string {
  return `\`${text.replaceAll('`', '')}\``
}

/** A fence longer than any in the text. */
function fenced(raw: string): string {
  const text = stripVTControlCharacters(raw)
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}
