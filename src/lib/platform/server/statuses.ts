import type { ErrorKind } from '../../core/error-kinds.ts'

/** HTTP status of an error, by the first word of its code. */
const statuses: Readonly<Record<ErrorKind, ErrorStatus>> = {
  auth: 401,
  conflict: 409,
  failed: 422,
  internal: 500,
  interrupted: 409,
  'not-found': 404,
  pending: 409,
  session: 502,
  unavailable: 503,
  unsupported: 501,
  usage: 400,
}

export type ErrorStatus = 400 | 401 | 403 | 404 | 409 | 422 | 500 | 501 | 502 | 503

export function statusOf(code: string): ErrorStatus {
  if (code === 'auth.forbidden') return 403
  const [kind = 'internal'] = code.split('.')
  return isKind(kind) ? statuses[kind] : 500
}

function isKind(word: string): word is ErrorKind {
  return Object.hasOwn(statuses, word)
}
