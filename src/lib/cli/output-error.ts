import { AppError } from '../core/errors.ts'
import { PipeClosed } from './pipe-closed.ts'

/** Why stdout takes no more: its reader has gone, which is no failure, or it could not be written (a full disk). */
export function outputError(cause: NodeJS.ErrnoException): PipeClosed | AppError {
  if (cause.code === 'EPIPE' || cause.code === 'EOF') return new PipeClosed('the reader of the output has gone')
  return new AppError('internal.output', `the output could not be written: ${cause.message}`, {
    cause,
    suggestions: ['free some space where stdout goes, or send it elsewhere'],
  })
}
