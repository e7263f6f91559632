import { first } from './0001-first.ts'
import { tokenScopes } from './0002-token-scopes.ts'
import { servicesAndBackups } from './0003-services-and-backups.ts'

/** In order; what has been released is never changed. The schema's version is the number of those applied. */
export const migrations: readonly string[] = [first, tokenScopes, servicesAndBackups]
