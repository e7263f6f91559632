import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** A pipe for one output of a process. */
export interface OutputPipe {
  readonly source: Readable
  /** For the process; closed here by `release` once it has it. */
  readonly target: number
  release(): void
}

/**
 * Real pipes, as shells make them: what Node gives a child are sockets, and those cannot be opened again by the names
 * /dev/stdout and /dev/stderr. Anybody who has them may write to them, as processes do that changed their user.
 * Undefined where there is no `mkfifo`.
 */
export function openOutputPipes(count: number): readonly OutputPipe[] | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-pipe-'))
  const paths = Array.from({ length: count }, (_, index) => join(directory, String(index)))
  try {
    execFileSync('mkfifo', ['-m', '622', ...paths], { stdio: 'ignore' })
    return paths.map(openPipe)
  } catch {
    return undefined
  } finally {
    rmSync(directory, { force: true, recursive: true })
  }
}

function openPipe(path: string): OutputPipe {
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const target = openSync(path, constants.O_WRONLY)
  return {
    release: () => closeSync(target),
    source: new Socket({ fd: reader, readable: true, writable: false }),
    target,
  }
}
