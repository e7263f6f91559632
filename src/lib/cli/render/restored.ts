import type { Activity, RestorePlan } from '../../core/model.ts'
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

/** How it ended, and the way back. */
export function describeRestored({ description, environment, output, project, result }: Activity): readonly string[] {
  const safety = output?.['safetyBackup']
  const to = project === undefined ? environment : `${project}:${environment}`
  return [
    `${description}: ${result}`,
    ...(typeof safety === 'string' ? [`to go back: aloft restore ${safety} --to ${to}`] : []),
  ]
}
