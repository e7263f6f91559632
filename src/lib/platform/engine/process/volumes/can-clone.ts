import { randomBytes } from 'node:crypto'
import { constants, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whether the file system of a directory has reflinks: copies of files that share their blocks. Found by trying. */
export function canClone(directory: string): boolean {
  const probe = join(directory, `probe-${randomBytes(6).toString('hex')}`)
  try {
    mkdirSync(probe)
    const file = join(probe, 'file')
    writeFileSync(file, 'content')
    copyFileSync(file, join(probe, 'clone'), constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    return false
  } finally {
    rmSync(probe, { force: true, recursive: true })
  }
}
