import { AppError } from '../core/errors.ts'

/** What is wrong with a file that should be a backup. */
export type BundleProblem =
  | 'checksum'
  | 'content'
  | 'encrypted'
  | 'no-bundle'
  | 'trailing'
  | 'truncated'
  | 'unknown-version'

/** `failed.verify`, with the problem as a word for programs in its details. */
export function bundleError(problem: BundleProblem, message: string, suggestions: readonly string[] = []): AppError {
  return new AppError('failed.verify', message, {
    details: { problem },
    suggestions: [...suggestions, 'nothing was changed; get the file again from where it came from'],
  })
}
