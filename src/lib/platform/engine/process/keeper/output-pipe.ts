import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Program } from '../isolation/launcher.ts'

export type OutputStream = 'stdout' | 'stderr'

export interface Spawned {
  readonly process: ChildProcess
  readonly output: Readonly<Record<OutputStream, Readable | null>>
}

/**
 * Starts a program in a process group of its own, its output in real pipes, as shells make them: what Node gives a child
 * are sockets, and those cannot be opened again by the names /dev/stdout and /dev/stderr. Sockets where there is no `mkfifo`.
 */
export function spawnWithOutput({ args, cwd, env, file }: Program): Spawned {
  const pipes = openPipes()
  const options = { cwd, detached: true, env } as const
  if (!pipes) {
    const process = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    return { output: { stderr: process.stderr, stdout: process.stdout }, process }
  }
  const { stderr, stdout } = pipes
  const process = spawn(file, args, { ...options, stdio: ['ignore', stdout.target, stderr.target] })
  for (const { target } of [stdout, stderr]) closeSync(target)
  return { output: { stderr: stderr.source, stdout: stdout.source }, process }
}

interface Pipe {
  readonly source: Readable
  /** Descriptor for the process. */
  readonly target: number
}

/** Anybody who has them may write to them, as processes do that changed their user. */
function openPipes(): Readonly<Record<OutputStream, Pipe>> | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-pipe-'))
  const [stderr, stdout] = [join(directory, 'stderr'), join(directory, 'stdout')]
  try {
    execFileSync('mkfifo', ['-m', '622', stderr, stdout], { stdio: 'ignore' })
    return { stderr: openPipe(stderr), stdout: openPipe(stdout) }
  } catch {
    return undefined
  } finally {
    rmSync(directory, { force: true, recursive: true })
  }
}

function openPipe(path: string): Pipe {
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const target = openSync(path, constants.O_WRONLY)
  return { source: new Socket({ fd: reader, readable: true, writable: false }), target }
}
