import { type ErrorCode, errorCodes } from '../core/error-codes.ts'
import { AppError } from '../core/errors.ts'
import type { Activity } from '../core/model.ts'

/** What a finished activity means for the exit code. @throws the activity's own error, when it failed or was cancelled */
export function requireSuccess(activity: Activity, tail: readonly string[]): void {
  if (activity.result === 'failure' || activity.result === 'cancelled') throw activityFailure(activity, tail)
}

function activityFailure(activity: Activity, log: readonly string[]): AppError {
  const { description, error, id, phase, result } = activity
  const where = phase === undefined ? '' : ` in ${phase}`
  const verb = result === 'cancelled' ? 'was cancelled' : 'failed'
  const why = error === undefined ? '' : `: ${error.message}`
  return new AppError(codeOf(activity), `${description} ${verb}${where}${why}`, {
    details: { ...error?.details, activity: id, log, phase, result },
    suggestions: [...(error?.suggestions ?? []), `read the whole log: aloft activities log ${id} --no-follow`],
  })
}

function codeOf({ error, result }: Activity): ErrorCode {
  if (result === 'cancelled') return 'failed.cancelled'
  return error !== undefined && isErrorCode(error.code) ? error.code : 'failed.deploy'
}

/** A server of another version may know codes that we do not. */
function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}
