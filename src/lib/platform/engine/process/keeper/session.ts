import { constants } from 'node:os'
import type { WebSocket } from 'ws'
import {
  decodeFrame,
  encodeData,
  encodeStatus,
  SESSION_CHANNEL,
  type SessionFrame,
} from '../../../../protocol/session-frames.ts'

/** Output waits while more than this is on its way to the client. */
const HIGH_WATER_BYTES = 1024 * 1024
const LOW_WATER_BYTES = 256 * 1024

/** The process of a session, with pipes or on a terminal. */
export interface SessionProcess {
  /** Resolves with the exit code (128 + n when killed by signal n) once all output was handed over and nothing is left. */
  readonly exited: Promise<number>
  onOutput(take: (stream: 'stdout' | 'stderr', data: Buffer) => void): void
  pauseOutput(): void
  resumeOutput(): void
  /** False: wait for the promise of `drained` before the next. */
  write(data: Uint8Array): boolean
  drained(): Promise<void>
  endInput(): void
  resize(columns: number, rows: number): void
  signal(name: NodeJS.Signals): void
  /** SIGHUP, then the end of the whole tree. */
  end(): Promise<void>
}

/** Connects a client with a process, each slowing the other, until the process ends or the client goes away. */
export async function runSession(client: WebSocket, process: SessionProcess): Promise<void> {
  let [isPaused, hasEnded] = [false, false]
  const onSent = (): void => {
    if (!isPaused || client.bufferedAmount > LOW_WATER_BYTES) return
    isPaused = false
    process.resumeOutput()
  }
  process.onOutput((stream, data) => {
    if (client.readyState !== client.OPEN) return
    client.send(encodeData(stream, data), onSent)
    if (isPaused || client.bufferedAmount <= HIGH_WATER_BYTES) return
    isPaused = true
    process.pauseOutput()
  })
  client.on('message', (message: Buffer) => take(client, process, decodeFrame(message)))
  client.on('error', () => client.terminate())
  client.once('close', () => {
    // The rest of the output has no reader.
    process.resumeOutput()
    if (!hasEnded) void process.end()
  })
  const exitCode = await process.exited
  hasEnded = true
  if (client.readyState !== client.OPEN) return
  client.send(encodeStatus({ exitCode, kind: 'exited' }))
  client.close(1000)
}

export function exitCodeOfSignal(signal: string): number {
  const number = Object.entries(constants.signals).find(([name]) => name === signal)?.[1]
  return 128 + (number ?? 0)
}

function take(client: WebSocket, process: SessionProcess, frame: SessionFrame): void {
  switch (frame.kind) {
    case 'stdin':
      if (!process.write(frame.data)) {
        client.pause()
        void process.drained().then(() => client.resume())
      }
      return
    case 'close':
      if (frame.channel === SESSION_CHANNEL.stdin) process.endInput()
      return
    case 'resize':
      return process.resize(frame.columns, frame.rows)
    case 'signal': {
      const name = Object.keys(constants.signals).find((known): known is NodeJS.Signals => known === `SIG${frame.name}`)
      if (name) process.signal(name)
      return
    }
    case 'status':
    case 'stderr':
    case 'stdout':
    case 'invalid':
      client.close(1002, 'unexpected frame')
  }
}
