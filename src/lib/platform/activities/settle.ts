import { toErrorDocument } from '../../core/errors.ts'
import type { ActivityChange } from '../store/port.ts'
import type { Execution } from './execution.ts'
import { cancelled } from './failures.ts'
import type { ActivityOutcome } from './port.ts'

/** How the activity ended; undefined when only the platform's stop ended it. */
export async function outcomeOf(
  execution: Execution,
  run: () => Promise<ActivityOutcome | void>,
): Promise<ActivityChange | undefined> {
  try {
    const outcome = await run()
    if (execution.wasInterrupted) return undefined
    return success(execution, outcome ?? {})
  } catch (error) {
    if (execution.workshop.stopping.aborted) return undefined
    return execution.record.cancelRequestedAt === undefined ? failure(error) : cancellation(execution)
  }
}

function success({ record }: Execution, { output, result = 'success' }: ActivityOutcome): ActivityChange {
  return {
    result: record.warnings.length > 0 ? 'warning' : result,
    ...(output === undefined ? {} : { output: { ...record.output, ...output } }),
  }
}

export function failure(error: unknown): ActivityChange {
  return { error: toErrorDocument(error), result: 'failure' }
}

export function cancellation({ record }: Execution): ActivityChange {
  return { error: toErrorDocument(cancelled(record.id)), result: 'cancelled' }
}

/** Records the end. The log's own end comes after it: who has read that finds the verdict. */
export function recordEnd(execution: Execution, end: ActivityChange): void {
  if (end.error) execution.log({ level: 'error', message: end.error.message })
  execution.change({ ...end, finishedAt: execution.workshop.timestamp(), state: 'finished', waiting: null })
}
