import { type ChildProcess, execFileSync, spawn, type StdioOptions } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Program } from '../isolation/launcher.ts'
import type { StdioSockets } from './stdio-sockets.ts'

export type OutputStream = 'stdout' | 'stderr'

export interface Spawned {
  readonly process: ChildProcess
  readonly output: Readonly<Record<OutputStream, Readable | null>>
}

/**
 * Starts a program in a process group of its own, its output in real pipes, as shells make them: what Node gives a child
 * are sockets, and those cannot be opened again by the names /dev/stdout and /dev/stderr. Sockets where there is no `mkfifo`.
 * Sockets that are given become its own and are closed here; where stdout is one, the stdout returned has ended.
 */
export function spawnWithOutput({ args, cwd, env, file }: Program, { stdin, stdout }: StdioSockets = {}): Spawned {
  const pipes = openPipes()
  const stdio: StdioOptions = [
    stdin ?? 'ignore',
    stdout ?? pipes?.stdout.target ?? 'pipe',
    pipes?.stderr.target ?? 'pipe',
  ]
  const process = spawn(file, args, { cwd, detached: true, env, stdio })
  for (const socket of [stdin, stdout]) socket?.destroy()
  if (!pipes) return { output: { stderr: process.stderr, stdout: process.stdout }, process }
  for (const { target } of [pipes.stdout, pipes.stderr]) closeSync(target)
  return { output: { stderr: pipes.stderr.source, stdout: pipes.stdout.source }, process }
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
