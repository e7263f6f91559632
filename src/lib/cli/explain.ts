import { type ErrorExplanation, errorCodes } from '../core/error-codes.ts'
import { AppError } from '../core/errors.ts'
import { exitCodeOf } from './exit-codes.ts'
import { nearestNames } from '../core/nearest.ts'
import type { Explanation } from './render/explanation.ts'

export function explainAll(): readonly Explanation[] {
  return Object.entries(errorCodes).map(([code, explanation]) => toExplanation(code, explanation))
}

/** @throws not-found.code */
export function explain(code: string): Explanation {
  const found = explainAll().find(explanation => explanation.code === code)
  if (found) return found
  throw new AppError('not-found.code', `there is no error code ${JSON.stringify(code)}`, {
    suggestions: nearestNames(code, Object.keys(errorCodes)).map(each => `aloft explain ${each}`),
  })
}

function toExplanation(code: string, { remedy, summary }: ErrorExplanation): Explanation {
  return { code, exitCode: exitCodeOf({ code, message: summary, suggestions: [] }), remedy, summary }
}
