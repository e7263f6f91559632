import type { Activity } from '../../core/model.ts'
import { renderBytes } from './bytes.ts'

/** The id of the backup that an activity made. */
export function renderMade({ id, output }: Activity): string {
  const backup = output?.['backup']
  return `${typeof backup === 'string' ? backup : id}\n`
}

/** What is worth knowing of it, for the conversation. */
export function describeBackedUp({ description, output, result }: Activity): readonly string[] {
  const [bytes, pausedMs] = [output?.['sizeBytes'], output?.['pausedMs']]
  return [
    `${description}: ${result}`,
    ...(typeof bytes === 'number' ? [`${renderBytes(bytes)} stored`] : []),
    ...(typeof pausedMs === 'number' ? [`requests waited for ${(pausedMs / 1000).toFixed(2)} s`] : []),
  ]
}
