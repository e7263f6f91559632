import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import * as z from 'zod/mini'
import { type AuditEntry, type AuditVerification, auditEntry } from '../../protocol/audit.ts'
import type { Secrets } from '../../secrets/seal.ts'
import { checkLine, type Link } from './chain.ts'
import type { Segment } from './segments.ts'

export interface Chain {
  readonly segments: readonly Segment[]
  /** What the first entry that is kept is tied to. */
  readonly start: Link
  /** The last entry known to have been written. */
  readonly head: Link
  readonly secrets: Secrets
}

type Problem = NonNullable<AuditVerification['problem']>

/** Reads every entry that is kept; stops at the first that is not as it was written. */
export async function verifyChain({ head, secrets, segments, start }: Chain): Promise<AuditVerification> {
  let last = start
  const result = (problem?: Problem): AuditVerification => ({
    entries: last.sequence - start.sequence,
    ...(last === start ? {} : { first: start.sequence + 1, last: last.sequence }),
    ...(problem ? { problem } : {}),
  })
  let reachedHead = head.sequence === start.sequence
  for (const { path } of segments) {
    for (const [index, text] of (await readLines(path)).entries()) {
      const line = index + 1
      const next = nextLink(text, last, secrets)
      if (typeof next === 'string') return result({ file: basename(path), line, reason: next })
      last = next
      if (last.sequence !== head.sequence) continue
      if (last.hash !== head.hash) return result({ file: basename(path), line, reason: 'the entry is another one' })
      reachedHead = true
    }
  }
  if (reachedHead) return result()
  const file = basename(segments.at(-1)?.path ?? 'audit')
  return result({ file, reason: `the entries ${last.sequence + 1} to ${head.sequence} are missing` })
}

/** Not by `node:readline`, for which a line ends at more than newlines: a path may have U+2028 in it. */
async function readLines(path: string): Promise<string[]> {
  const lines = (await readFile(path, 'utf8')).split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** The place in the chain that a line stands for, or what is wrong with it. */
function nextLink(line: string, previous: Link, secrets: Secrets): Link | string {
  const checked = checkLine(line, previous, secrets)
  const entry = checked ? parseEntry(line) : undefined
  if (!checked || !entry) return 'the line is no entry'
  if (entry.sequence !== previous.sequence + 1)
    return `entry ${previous.sequence + 1} should stand here, not ${entry.sequence}`
  if (checked.stated !== checked.expected) return `entry ${entry.sequence} or the one before it was changed`
  return { hash: checked.stated, sequence: entry.sequence }
}

/** Undefined for what is no entry. */
export function parseEntry(line: string): AuditEntry | undefined {
  try {
    const parsed = z.safeParse(auditEntry(), JSON.parse(line))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
