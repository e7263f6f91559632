import { type ErrorCode, errorCodes } from '../../core/error-codes.ts'
import { AppError, type ErrorDocument } from '../../core/errors.ts'

/** Thrown into an activity when the platform stops: the next platform takes it up again. */
export class Interruption extends Error {
  constructor() {
    super('the platform is stopping')
  }
}

export function cancelled(id: string): AppError {
  return new AppError('failed.cancelled', `activity ${id} was cancelled`)
}

/** The error that a stored document was made from. */
export function fromDocument({ code, details, message, suggestions }: ErrorDocument): AppError {
  return new AppError(isErrorCode(code) ? code : 'internal', message, {
    suggestions,
    ...(details === undefined ? {} : { details }),
  })
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}
