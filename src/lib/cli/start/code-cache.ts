import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/** A build that left no new code for so long has been replaced, most likely. */
const KEPT_MS = 30 * 24 * 3_600_000

/** It may be the home itself that is made here, and others pass through that. */
const PASSABLE = 0o711

/** V8's code as it was left behind. Code that somebody else could have put there is not run. */
export function readCode(file: string): Buffer | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(file, 'r')
    const { mode, uid } = fstatSync(descriptor)
    const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0)
    return isOurs ? readFileSync(descriptor) : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

/** Never fails: what cannot be written is compiled again next time. The first of a build removes that of old builds. */
export function writeCode(file: string, code: Buffer): void {
  const temporary = `${file}.${process.pid}`
  try {
    if (makeDirectory(dirname(file))) removeOldBuilds(dirname(dirname(file)))
    writeFileSync(temporary, code, { flag: 'wx', mode: 0o600 })
    renameSync(temporary, file)
  } catch {
    rmSync(temporary, { force: true })
  }
}

/** Whether it had to be made. Not `recursive`: where nothing can be made (/proc), Node 24 tries for ever. */
function makeDirectory(path: string): boolean {
  try {
    mkdirSync(path, { mode: PASSABLE })
    return true
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EEXIST') return false
    if (code !== 'ENOENT' || dirname(path) === path) throw error
    makeDirectory(dirname(path))
    mkdirSync(path, { mode: PASSABLE })
    return true
  }
}

function removeOldBuilds(directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name)
    if (Date.now() - statSync(path).mtimeMs > KEPT_MS) rmSync(path, { force: true, recursive: true })
  }
}
