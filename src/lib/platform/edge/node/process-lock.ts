import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'

/**
 * A lock that the operating system takes back when its process dies, however it dies: an exclusive transaction on a
 * database file. Undefined when another process has it.
 */
export function acquireLock(directory: string): { release(): void } | undefined {
  const database = new DatabaseSync(join(directory, 'lock.db'), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
    return { release: () => database.close() }
  } catch {
    database.close()
    return undefined
  }
}
