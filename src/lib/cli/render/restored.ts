import type { Activity, EnvironmentRef, RestorePlan } from '../../core/model.ts'
import { printTarget } from '../target-name.ts'
import { renderBytes } from './bytes.ts'

/** Before the question: what it would cost to say yes. */
export function renderReplaced(
  { backup, environment, parts }: RestorePlan,
  { safetyBackup }: { readonly safetyBackup: boolean },
): readonly string[] {
  return [
    `in ${printTarget(environment)}, by the backup ${backup.id} of ${backup.createdAt}:`,
    ...parts.map(({ bytes, kind, target }) => `  replaces the ${kind} ${target} (${renderBytes(bytes)})`),
    safetyBackup ? 'a safety backup of what is there is made first' : 'NO safety backup is made first',
  ]
}

/** What a dry run knows of the bytes of the backup. */
export function describeChecked({ backup, contentsChecked }: RestorePlan): string {
  return contentsChecked
    ? 'every part was read and is what its SHA-256 says'
    : `what is in the backup was not read; that does: aloft backup verify ${backup.id}`
}

/** How it ended, and the way back. */
export function describeRestored({ description, environment, output, project, result }: Activity): readonly string[] {
  const safety = output?.['safetyBackup']
  return [
    `${description}: ${result}`,
    ...(typeof safety === 'string' && environment !== undefined
      ? [describeReturn(safety, { environment, project })]
      : []),
  ]
}

/** What to type to have the data of before again. */
export function describeReturn(safetyBackup: string, target: EnvironmentRef): string {
  return `to go back: aloft restore ${safetyBackup} --to ${printTarget(target)}`
}
