import * as z from 'zod/mini'
import { type ErrorCode, errorCodes } from '../core/error-codes.ts'
import { AppError } from '../core/errors.ts'

const described = z.object({
  code: z.string(),
  message: z.string(),
  suggestions: z.optional(z.array(z.string())),
  details: z.optional(z.record(z.string(), z.unknown())),
})
/** What answers and logs hold of an error. */
export const errorBody = z.object({ error: described })

/** The error that a refused request's answer describes; an answer that is none of ours is told by its status. */
export function toAppError(status: number, text: string, where: string): AppError {
  const parsed = z.safeParse(errorBody, readJson(text))
  if (!parsed.success) return fromStatus(status, where)
  return fromBody(parsed.data)
}

/** The error that was written as this. */
export function fromBody({ error }: z.infer<typeof errorBody>): AppError {
  const { code, details, message, suggestions } = error
  return new AppError(isErrorCode(code) ? code : 'internal', message, {
    ...(details ? { details } : {}),
    ...(suggestions ? { suggestions } : {}),
  })
}

function fromStatus(status: number, where: string): AppError {
  const message = `${where} answered with HTTP status ${status}`
  if (status === 401 || status === 403) return new AppError('auth.invalid', message)
  if (status === 404) return new AppError('not-found.endpoint', message)
  if (status === 429 || status === 502 || status === 503 || status === 504)
    return new AppError('unavailable.busy', message)
  return new AppError('internal', message)
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCodes, code)
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
