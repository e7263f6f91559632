import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { identitySchema } from '../messages.ts'
import { identify, isAlive, type ProcessIdentity } from '../process-tree.ts'

/**
 * Makes this process the one keeper of the directory: `keeper.json` names it. False when another one lives. The file
 * appears with its contents, by a hard link.
 */
export function acquireLock(directory: string): boolean {
  const path = join(directory, 'keeper.json')
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, JSON.stringify(identify(process.pid)), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (publish(draft, path)) return true
      const owner = lockOwner(directory)
      if (owner && isAlive(owner)) return false
      rmSync(path, { force: true })
    }
    return false
  } finally {
    rmSync(draft, { force: true })
  }
}

function publish(draft: string, path: string): boolean {
  try {
    linkSync(draft, path)
    return true
  } catch {
    return false
  }
}

export function releaseLock(directory: string): void {
  rmSync(join(directory, 'keeper.json'), { force: true })
}

/** The keeper that holds, or held, the directory. */
export function lockOwner(directory: string): ProcessIdentity | undefined {
  try {
    const parsed = identitySchema.safeParse(JSON.parse(readFileSync(join(directory, 'keeper.json'), 'utf8')))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}
