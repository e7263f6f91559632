import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Candidate } from './data.ts'
import type { LiveKind } from './kinds.ts'

/** Which list: of whom, and below what. */
export interface ListKey {
  readonly kind: LiveKind
  readonly account: string
  readonly project?: string | undefined
  readonly environment?: string | undefined
}

/** After this time a list that is asked for is fetched again, in the background. */
const FRESH_MS = 60_000
const LARGEST_BYTES = 1_000_000
const MOST = 1000

export interface LiveNames {
  readonly candidates: readonly Candidate[]
  readonly isFresh: boolean
}

/** The last names of that kind that a command saw; none when no command did. Never throws. */
export function readLiveNames(directory: string, key: ListKey, now: number): LiveNames {
  try {
    const file = fileOf(directory, key)
    const { mtimeMs, size } = statSync(file)
    if (size > LARGEST_BYTES) return { candidates: [], isFresh: true }
    const list: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return { candidates: Array.isArray(list) ? list.filter(isCandidate) : [], isFresh: now - mtimeMs < FRESH_MS }
  } catch {
    return { candidates: [], isFresh: false }
  }
}

/** Keeps names for the next TAB. A cache that cannot be written is none: never throws. */
export function writeLiveNames(directory: string, key: ListKey, candidates: readonly Candidate[]): void {
  try {
    // passable: it may be the home itself that is made here
    mkdirSync(directory, { mode: 0o711, recursive: true })
    const file = fileOf(directory, key)
    const temporary = `${file}.${process.pid}`
    writeFileSync(temporary, JSON.stringify(candidates.slice(0, MOST)), { mode: 0o600 })
    renameSync(temporary, file)
  } catch {
    // completion goes on with what it had
  }
}

/** One file a list, flat: no name can lead out of the directory, and the file's time is the list's. */
function fileOf(directory: string, { account, environment = '', kind, project = '' }: ListKey): string {
  const place =
    kind === 'projects' || kind === 'activities' || kind === 'backups'
      ? []
      : kind === 'environments'
        ? [project]
        : [project, environment]
  return join(directory, `${[kind, account, ...place].map(encodeURIComponent).join('@')}.json`)
}

function isCandidate(value: unknown): value is Candidate {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    typeof value.value === 'string' &&
    'description' in value &&
    typeof value.description === 'string'
  )
}
