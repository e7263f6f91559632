import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Workspace extends Disposable {
  readonly directory: string
}

/** A temporary directory, with a short path: Unix sockets are made in it. */
export function createWorkspace(): Workspace {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-bench-'))
  return { directory, [Symbol.dispose]: () => rmSync(directory, { force: true, recursive: true }) }
}
