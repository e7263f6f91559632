import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

/** Scripts are small; binaries beside them are not read. */
const MAX_SCRIPT_BYTES = 256 * 1024

/**
 * Scripts of a Python virtual environment name their interpreter by its absolute path, but instances see the application
 * at another place than builds do: they are made to take the interpreter from PATH, where the environment comes first.
 * Nothing when a link is on the way from `app` to `directory`: a build could lead it out of the artifact.
 */
export function relocateScripts(app: string, path: string): void {
  const directory = join(app, path)
  if (!isReal(app, path)) return
  for (const name of listNames(directory)) {
    const descriptor = openScript(join(directory, name))
    if (descriptor === undefined) continue
    try {
      if (fstatSync(descriptor).size <= MAX_SCRIPT_BYTES) relocate(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
}

function isReal(app: string, path: string): boolean {
  try {
    return realpathSync(join(app, path)) === join(realpathSync(app), path)
  } catch {
    return false
  }
}

function relocate(descriptor: number): void {
  const text = readFileSync(descriptor, 'latin1')
  const moved = text.replace(/^#!\/\S*\/bin\/python[\d.]*\r?\n/, '#!/usr/bin/env python3\n')
  if (moved === text) return
  ftruncateSync(descriptor)
  writeSync(descriptor, moved, 0, 'latin1')
}

function listNames(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(({ name }) => name)
  } catch {
    return []
  }
}

function openScript(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
}
