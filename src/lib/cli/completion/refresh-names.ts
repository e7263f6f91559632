import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Whose and which lists to fetch again. */
export interface RefreshRequest {
  readonly account: string
  readonly project?: string | undefined
  readonly environment?: string | undefined
}

export interface RefreshOptions {
  /** Where lists of names are kept. */
  readonly directory: string
  readonly environment: NodeJS.ProcessEnv
  /** The package's directory. */
  readonly root: string
}

/** Between two background fetches, whatever they were about and however they ended. */
const EVERY_MS = 5000

/** Starts a detached `aloft completion refresh` unless one was started a moment ago. */
export function refreshNames(request: RefreshRequest, { directory, environment, root }: RefreshOptions): void {
  if (!claim(directory)) return
  const { account, environment: name, project } = request
  const place = [
    ...(project === undefined ? [] : ['--project', project]),
    ...(name === undefined ? [] : ['--environment', name]),
  ]
  // asked for only now: most answers start nothing
  const { spawn } = process.getBuiltinModule('node:child_process')
  const args = [join(root, 'bin', 'run.js'), 'completion', 'refresh', '--account', account, ...place]
  spawn(process.execPath, args, { detached: true, env: environment, stdio: 'ignore', windowsHide: true })
    .on('error', () => undefined)
    .unref()
}

/** The time of the stamp is that of the last start. */
function claim(directory: string): boolean {
  const stamp = join(directory, 'refreshed')
  const last = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (Date.now() - last < EVERY_MS) return false
  // passable: it may be the home itself that is made here
  mkdirSync(directory, { mode: 0o711, recursive: true })
  writeFileSync(stamp, '')
  return true
}
