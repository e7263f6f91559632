import { spawn } from 'node:child_process'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { AppError } from '../../../core/errors.ts'
import type { Layout } from '../../layout.ts'
import { toAppError } from './control/client.ts'
import { edgeSocket, startedSchema } from './control/protocol.ts'

export interface SpawnOptions {
  readonly layout: Layout
  readonly version: string
  readonly httpPort?: number | undefined
  readonly httpsPort?: number | undefined
}

const START_TIMEOUT_MS = 15_000
const MAX_LOG_BYTES = 5 * 1024 * 1024
/** All that the edge sees of our environment. */
const PASSED_ON = ['HOME', 'LANG', 'LC_ALL', 'NODE_COMPILE_CACHE', 'PATH', 'TMPDIR', 'TZ']

/** Starts the process, detached; resolves when it listens. @throws conflict.port-taken, unavailable.edge */
export async function spawnEdge(options: SpawnOptions): Promise<void> {
  const { layout } = options
  await Promise.all([layout.edge, layout.home.runtime].map(path => mkdir(path, { mode: 0o700, recursive: true })))
  const log = await openLog(join(layout.edge, 'edge.log'))
  try {
    const child = spawn(process.execPath, argumentsFor(options), {
      cwd: layout.edge,
      detached: true,
      env: Object.fromEntries(PASSED_ON.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : []))),
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    })
    await started(child)
    if (child.connected) child.disconnect()
    child.unref()
  } finally {
    await log.close()
  }
}

function argumentsFor({ httpPort, httpsPort, layout, version }: SpawnOptions): string[] {
  const main = fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url))
  return [
    '--disable-warning=ExperimentalWarning',
    main,
    `--directory=${layout.edge}`,
    `--socket=${edgeSocket(layout)}`,
    `--version=${version}`,
    ...(httpPort === undefined ? [] : [`--http-port=${httpPort}`]),
    ...(httpsPort === undefined ? [] : [`--https-port=${httpsPort}`]),
  ]
}

function started(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(notStarted(`it was not ready within ${START_TIMEOUT_MS} ms`))
    }, START_TIMEOUT_MS)
    const settle = (act: () => void): void => {
      clearTimeout(timer)
      act()
    }
    child.once('error', error => settle(() => reject(notStarted(error.message))))
    child.once('exit', (code, signal) => settle(() => reject(notStarted(`it ended with ${signal ?? code}`))))
    child.once('message', message => {
      const said = z.safeParse(startedSchema, message)
      if (!said.success) settle(() => reject(notStarted('it said something that cannot be read')))
      else if (said.data.kind === 'ready') settle(resolve)
      else {
        const { error } = said.data
        settle(() => reject(toAppError(error)))
      }
    })
  })
}

function notStarted(why: string): AppError {
  return new AppError('unavailable.edge', `The edge did not start: ${why}`, {
    suggestions: ['Read edge/edge.log in the data directory (see `aloft platform status`)'],
  })
}

async function openLog(file: string) {
  const size = await stat(file).then(
    found => found.size,
    () => 0,
  )
  if (size > MAX_LOG_BYTES) await rename(file, `${file}.1`)
  return open(file, 'a', 0o600)
}
