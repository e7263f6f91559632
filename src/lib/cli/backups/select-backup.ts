import { holdsScope } from '../../core/backup-scopes.ts'
import { AppError } from '../../core/errors.ts'
import type { Backup, BackupScope, EnvironmentRef } from '../../core/model.ts'
import type { Backups } from '../../providers/backups-port.ts'
import type { Call } from '../../providers/port.ts'
import { printFlags, printTarget } from '../target-name.ts'
import { findTime, whyNot } from '../times.ts'

const LATEST = 'latest'
const SHOWN = 3

export interface SelectBackup {
  /** An id, `latest` or `@time`. */
  readonly selector: string
  /** What is wanted of it; empty: everything. */
  readonly only?: readonly BackupScope[] | undefined
  readonly backups: Backups
  readonly call: Call
  /** Whose latest one; asked for only then. */
  readonly target: () => Promise<EnvironmentRef>
  /** Of an environment without any: its name may be wrong. @throws not-found.project, not-found.environment */
  readonly requireTarget: (target: EnvironmentRef) => Promise<void>
  /** Told which one it is when it was not named. */
  readonly tell: (line: string) => void
  readonly now: number
}

/** The backup that is meant. @throws not-found.backup with what there is instead, what `requireTarget` throws, usage.time */
export async function selectBackup({
  backups,
  call,
  now,
  only = [],
  requireTarget,
  selector,
  target,
  tell,
}: SelectBackup): Promise<Backup> {
  const notAfter = selector === LATEST ? undefined : await timeOf(selector, now)
  if (selector !== LATEST && notAfter === undefined) return backups.get(selector, call)
  const environment = await target()
  const complete = await Array.fromAsync(backups.list({ ...environment, state: 'complete' }, call))
  if (complete.length === 0) await requireTarget(environment)
  const all = complete.filter(backup => mayHold(backup, only))
  const found = newestNotAfter(all, notAfter)
  if (!found) throw noneFound(all, { environment, only, time: notAfter })
  tell(`${selector} is ${found.id}, made ${found.createdAt}`)
  return found
}

/** Where a wrong guess would lose something. @throws usage.flag for `latest` and `@time` */
export function requireId(selector: string): string {
  if (selector !== LATEST && !selector.startsWith('@')) return selector
  throw new AppError('usage.flag', `name it by its id, not as ${selector}`, { suggestions: ['aloft backup list'] })
}

/**
 * The newest complete backup that did not fail its verification; with a time the newest from then or before. Without one those
 * made before a restore are passed over: restoring the latest again would else undo it.
 */
export function newestNotAfter(backups: readonly Backup[], time: string | undefined): Backup | undefined {
  return backups
    .filter(({ state, verification }) => state === 'complete' && verification?.result !== 'failed')
    .filter(({ createdAt, reason }) => (time === undefined ? reason !== 'safety' : createdAt <= time))
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0]
}

/** A cloud that does not say what is in a backup may have all of it there. */
function mayHold(backup: Backup, only: readonly BackupScope[]): boolean {
  return only.length === 0 || backup.contents.length === 0 || only.some(scope => holdsScope(backup, scope))
}

/** ISO 8601 of `@time`; undefined for anything that does not begin with `@`. */
async function timeOf(selector: string, now: number): Promise<string | undefined> {
  if (!selector.startsWith('@')) return undefined
  const time = await findTime(selector.slice(1), now)
  if (time !== undefined) return time
  throw new AppError('usage.time', `${JSON.stringify(selector)} is no time after the @${whyNot(selector)}`, {
    suggestions: ['@2h', '@2026-01-31T12:00', '"@yesterday at 9pm"'],
  })
}

interface Wanted {
  readonly environment: EnvironmentRef
  readonly only: readonly BackupScope[]
  readonly time: string | undefined
}

function noneFound(all: readonly Backup[], { environment, only, time }: Wanted): AppError {
  const name = printTarget(environment)
  const what = only.length > 0 ? ` of ${only.join(' or ')}` : ''
  if (all.length === 0)
    return new AppError('not-found.backup', `${name} has no complete backup${what}`, {
      suggestions: [`make one: aloft backup ${printFlags(environment)}`],
    })
  const oldest = all.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt)).slice(0, SHOWN)
  return new AppError(
    'not-found.backup',
    time === undefined
      ? `${name} has no good backup${what} but those that restores made of what they replaced`
      : `${name} has no backup${what} from ${time} or before`,
    {
      suggestions: oldest.map(({ createdAt, id }) => `${id} (${createdAt})`),
    },
  )
}
