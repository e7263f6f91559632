import type { Secrets } from '../../../secrets/seal.ts'
import type { Database } from './database.ts'

/** What each part of the store works with. */
export interface Base {
  readonly database: Database
  readonly secrets: Secrets
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** ISO 8601. */
  readonly timestamp: () => string
}
