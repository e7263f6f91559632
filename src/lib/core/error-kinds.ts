/** The first word of a code: what the exit code and the HTTP status hang on. */
export type ErrorKind =
  | 'internal'
  | 'usage'
  | 'auth'
  | 'not-found'
  | 'conflict'
  | 'failed'
  | 'pending'
  | 'unsupported'
  | 'unavailable'
  | 'session'
  | 'interrupted'
