import { type Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { AppError } from '../core/errors.ts'
import type { Session } from '../providers/port.ts'
import type { SessionResult } from './results/session.ts'

export interface SessionStreams {
  readonly stdin: Readable & { setRawMode?: ((isRaw: boolean) => unknown) | undefined }
  readonly stdout: Writable & { readonly columns?: number; readonly rows?: number }
  readonly stderr: Writable
  /** Both ends are terminals. */
  readonly tty: boolean
  readonly signal: AbortSignal
  readonly forward: (listener: ((name: NodeJS.Signals) => void) | undefined) => void
}

/** A remote that ignores Ctrl-C is left after this many. */
const INTERRUPTS = 3
const CAPTURE_BYTES = 16 * 1024 * 1024

/**
 * Connects our streams to the session until the remote process ends, byte for byte, each side slowing the other.
 * Resolves with the remote's exit code. @throws session.failed, interrupted.signal
 */
export async function runSession(session: Session, streams: SessionStreams): Promise<number> {
  const { forward, signal, stderr, stdin, stdout, tty } = streams
  const { promise: left, reject: leave } = Promise.withResolvers<never>()
  forward(createForwarder(session, leave))
  const onResize = (): void => session.resize(stdout.columns ?? 80, stdout.rows ?? 24)
  if (tty) {
    stdin.setRawMode?.(true)
    stdout.on('resize', onResize)
  }
  feed(stdin, session)
  try {
    const output = Promise.all([drain(session.stdout, stdout), drain(session.stderr, stderr)])
    const [{ exitCode }] = await Promise.race([Promise.all([session.exit, output]), left, aborted(signal)])
    return exitCode
  } finally {
    stdout.off('resize', onResize)
    if (tty) stdin.setRawMode?.(false)
    release(stdin)
  }
}

/** As `runSession`, with the output kept as text (up to 16 MiB) instead of passed on. */
export async function captureSession(session: Session, stdin: Readable, signal: AbortSignal): Promise<SessionResult> {
  const [stdout, stderr] = [createSink(), createSink()]
  const tty = false
  const streams = { forward: () => {}, signal, stderr: stderr.stream, stdin, stdout: stdout.stream, tty }
  const exitCode = await runSession(session, streams)
  const truncated = stdout.isFull() || stderr.isFull()
  return { exitCode, stderr: stderr.text(), stdout: stdout.text(), truncated }
}

function createForwarder(session: Session, leave: (reason: Error) => void): (name: NodeJS.Signals) => void {
  let interrupts = 0
  return name => {
    session.signal(name.replace(/^SIG/, ''))
    if (name === 'SIGINT' && ++interrupts >= INTERRUPTS) {
      leave(new AppError('interrupted.signal', 'interrupted', { details: { signal: name } }))
    }
  }
}

/** Our end of input becomes the remote's; a remote that reads no more is no error. */
function feed(stdin: Readable, session: Session): void {
  pipeline(stdin, session.stdin).catch(() => {})
}

/** Until all of it is with the operating system. */
async function drain(from: Readable, to: Writable): Promise<void> {
  from.pipe(to, { end: false })
  await finished(from, { writable: false })
  await new Promise<void>(resolve => {
    to.write('', () => resolve())
  })
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** Nothing more is read, and an open terminal or pipe no longer keeps us alive. */
function release(stdin: Readable): void {
  stdin.unpipe()
  stdin.destroy()
}

interface Sink {
  readonly stream: Writable
  isFull(): boolean
  text(): string
}

function createSink(): Sink {
  const chunks: Buffer[] = []
  let bytes = 0
  let isFull = false
  return {
    isFull: () => isFull,
    stream: new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (bytes + chunk.byteLength <= CAPTURE_BYTES) chunks.push(chunk)
        else isFull = true
        bytes += chunk.byteLength
        done()
      },
    }),
    text: () => Buffer.concat(chunks).toString('utf8'),
  }
}
