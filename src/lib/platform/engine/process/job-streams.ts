import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { once } from 'node:events'
import { readdir, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { inBlocks } from '../../../stream/blocks.ts'
import type { JobSpec, JobStreams } from '../port.ts'
import type { SocketPaths } from './messages.ts'
import { findProcess } from './process-tree.ts'

/** What a process writes arrives by a few KB. */
const BLOCK_BYTES = 512 * 1024

/** The caller's streams, each behind a Unix socket on which the platform waits for the job's process. */
export interface OfferedStreams {
  readonly sockets: SocketPaths
  /** Resolves when the job has ended and its last byte was handed over. @throws what the caller's streams failed with */
  readonly drained: () => Promise<void>
  /** Cuts what is still connected. */
  readonly close: () => void
}

/**
 * Listens for the keeper of this job, once per stream. When a stream of the caller fails, `onFailure` is called and the
 * socket stays open: the process must not take that for the end of its input. Undefined for a job without streams.
 */
export async function offerStreams(
  job: JobSpec,
  streams: JobStreams,
  { onFailure, runtime }: { readonly runtime: string; readonly onFailure: () => void },
): Promise<OfferedStreams | undefined> {
  assertNamed(job, streams)
  const { stdin, stdout } = streams
  const input = stdin && (await listenOnce(runtime))
  const output = stdout && (await listenOnce(runtime))
  const transfers = [input && feed(stdin, input), output && collect(output, stdout)].filter(one => one !== undefined)
  if (transfers.length === 0) return undefined
  for (const { done } of transfers) done.catch(onFailure)
  return {
    close: () => transfers.forEach(({ close }) => close()),
    async drained() {
      for (const { drained } of transfers) await drained()
    },
    sockets: { stdin: input?.path, stdout: output?.path },
  }
}

/** Removes the sockets of platforms that were killed. */
export async function removeLeftSockets(runtime: string): Promise<void> {
  for (const name of await readdir(runtime).catch(() => [])) {
    const pid = /^j(\d+)\.[0-9a-f]+\.sock$/.exec(name)?.[1]
    if (pid !== undefined && !findProcess(Number(pid))) await rm(join(runtime, name), { force: true })
  }
}

function assertNamed({ id, streams: named }: JobSpec, given: JobStreams): void {
  for (const name of ['stdin', 'stdout'] as const)
    if ((named?.[name] ?? false) !== (given[name] !== undefined))
      throw new TypeError(`job ${id}: its ${name} has to be named and given, or neither`)
}

interface Transfer {
  /** Rejects when the caller's stream fails. */
  readonly done: Promise<void>
  /** To be called when the process is gone. */
  readonly drained: () => Promise<void>
  readonly close: () => void
}

function feed(source: Readable, listener: Listener): Transfer {
  let hasEnded = false
  void listener.connection.then(socket => socket && source.pipe(socket))
  // What a process does not read is nobody's failure; what could not be read for it is.
  const done = finished(source, { writable: false }).catch((error: unknown) => {
    if (!hasEnded) throw error
  })
  const release = (): void => {
    hasEnded = true
    source.unpipe()
    if (!source.readableEnded) source.destroy()
    listener.close()
  }
  return {
    close: release,
    done,
    drained() {
      release()
      return done
    },
  }
}

function collect(listener: Listener, target: Writable): Transfer {
  const done = listener.connection.then(async socket => {
    if (socket) return pipeline(inBlocks(socket, BLOCK_BYTES), target)
    target.end()
    return finished(target)
  })
  return {
    close: () => listener.close(),
    done,
    async drained() {
      listener.stop()
      await done
    },
  }
}

interface Listener {
  readonly path: string
  /** Undefined when it stopped listening before anybody came. */
  readonly connection: Promise<Socket | undefined>
  readonly stop: () => void
  readonly close: () => void
}

async function listenOnce(runtime: string): Promise<Listener> {
  mkdirSync(runtime, { mode: 0o700, recursive: true })
  const path = join(runtime, `j${process.pid}.${randomBytes(6).toString('hex')}.sock`)
  const server = createServer({ allowHalfOpen: true })
  const { promise: connection, resolve } = Promise.withResolvers<Socket | undefined>()
  let connected: Socket | undefined
  server.once('connection', socket => {
    connected = socket
    // The process has closed its end, or ended: how it ended says whether that is a failure.
    socket.on('error', () => {})
    server.close()
    resolve(socket)
  })
  server.once('close', () => resolve(undefined))
  await listenPrivately(server, path)
  const stop = (): void => void server.close()
  return {
    close() {
      stop()
      connected?.destroy()
    },
    connection,
    path,
    stop,
  }
}

/** For this user alone from the first moment on. */
async function listenPrivately(server: Server, path: string): Promise<void> {
  const before = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(before)
  }
  await once(server, 'listening')
}
