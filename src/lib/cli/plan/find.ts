import type { ErrorCode } from '../../core/error-codes.ts'
import { isAppError } from '../../core/errors.ts'

/** What is asked for, or undefined when it fails with one of these codes: absence, not failure. */
export async function find<T>(ask: Promise<T>, ...absent: readonly ErrorCode[]): Promise<T | undefined> {
  try {
    return await ask
  } catch (error) {
    if (isAppError(error) && absent.includes(error.code)) return undefined
    throw error
  }
}
