import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { findRestic } from '../../src/lib/platform/backups/restic/find-restic.ts'

/** For the titles of tests that need it: why they are skipped, or nothing. */
export const withoutRestic = await findRestic().then(
  () => '',
  (error: unknown) => ` (skipped: ${String(error)})`,
)

/** Bytes of all files below. */
export function sizeOf(place: string): number {
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter(each => each.isFile())
  return files.reduce((sum, { name, parentPath }) => sum + statSync(join(parentPath, name)).size, 0)
}
