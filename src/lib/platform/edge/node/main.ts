import { chmod, mkdir } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { createProgramLog } from '../../program-log.ts'
import writeFileAtomic from 'write-file-atomic'
import { systemClock } from '../../../core/clock.ts'
import { AppError, toErrorDocument } from '../../../core/errors.ts'
import { identify } from '../../engine/process/process-tree.ts'
import { startControlServer } from './control/server.ts'
import type { Started } from './control/protocol.ts'
import { startEdgeServer } from './edge-server.ts'
import { acquireLock } from './process-lock.ts'
import { identityFile } from './identity-file.ts'

/* The edge as a program, started by the platform and outliving it. Its output is its log. */

const STOP_MS = 10_000

const log = createProgramLog()

const { values } = parseArgs({
  options: {
    directory: { type: 'string' },
    'http-port': { type: 'string' },
    'https-port': { type: 'string' },
    socket: { type: 'string' },
    version: { type: 'string' },
  },
})

// Faults of connections are handled where they belong; one that slips through must not take all the others with it.
process.on('uncaughtException', error => {
  log.error({ error: error.message, stack: error.stack }, 'an error was not handled')
  if (!('syscall' in error || ('code' in error && String(error.code).startsWith('ERR_STREAM')))) throw error
})

try {
  await run(values)
  tell({ kind: 'ready' })
} catch (error) {
  log.error({ error: toErrorDocument(error) }, 'the edge did not start')
  const { code, details, message, suggestions } = toErrorDocument(error)
  tell({ error: { code, details: { ...details }, message, suggestions: [...suggestions] }, kind: 'failed' })
  process.exitCode = 1
}

async function run({ directory, socket, version, ...ports }: typeof values): Promise<void> {
  if (directory === undefined || socket === undefined || version === undefined)
    throw new AppError('usage.request', 'The edge needs --directory, --socket and --version')
  await mkdir(directory, { mode: 0o700, recursive: true })
  await chmod(directory, 0o700)
  const lock = acquireLock(directory)
  if (!lock) throw new AppError('unavailable.edge', 'Another edge runs already for this home')
  const identity = identify(process.pid)
  if (!identity) throw new AppError('internal', 'This process does not find itself in the process table')
  const hello = { ...identity, version }
  await writeFileAtomic(identityFile(directory), JSON.stringify(hello), { mode: 0o600 })
  const edge = await startEdgeServer({
    clock: systemClock,
    directory,
    httpPort: numberOf(ports['http-port']),
    httpsPort: numberOf(ports['https-port']),
    log,
  })
  const stop = async (): Promise<void> => {
    await edge.stop(STOP_MS)
    control.close()
    lock.release()
    log.info({}, 'the edge stopped')
  }
  const control = await startControlServer({ edge, hello, onStop: () => void stop(), socket })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop())
  log.info({ ...edge.status(), version }, 'the edge runs')
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text)
}

/** To the platform that started us; it need not be there any more. */
function tell(message: Started): void {
  process.send?.(message, undefined, undefined, () => {
    if (process.connected) process.disconnect()
  })
}
