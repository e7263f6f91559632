import { AppError } from '../../../core/errors.ts'
import type { Database } from './database.ts'

/**
 * Brings the schema up to the newest version, each step whole or not at all.
 * @throws conflict.platform-version when the database is newer than this code
 */
export function migrate(database: Database, migrations: readonly string[]): void {
  const version = schemaVersion(database)
  if (version > migrations.length) {
    throw new AppError(
      'conflict.platform-version',
      `the database is of version ${version}, this platform knows versions up to ${migrations.length}`,
      { suggestions: ['use the newer aloft that wrote it'] },
    )
  }
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue
    database.transaction(() => {
      database.exec(sql)
      // a pragma takes no parameters
      database.exec(`PRAGMA user_version = ${index + 1}`)
    })
  }
}

function schemaVersion(database: Database): number {
  return Number(database.get('PRAGMA user_version')?.['user_version'] ?? 0)
}
