import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { systemClock } from '../../core/clock.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import { EXIT_RUNNING, PROTOCOL_VERSION } from '../../protocol/api.ts'
import { type PlatformStatus, platformStatus } from '../../protocol/call-schemas.ts'
import { platformSocket } from '../../protocol/home.ts'
import type { LocalPlatform } from '../local-platform.ts'
import type { Call } from '../port.ts'
import { PlatformClient } from './client.ts'
import { localAddress, type LocalPlatformOptions } from './own-platform.ts'
import { PLATFORM_ARGUMENTS, platformEnvironment, spawnPlatform } from './spawn-platform.ts'

const START_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 60_000
const POLL_MS = 25
/** Between two starts while another platform holds the home. */
const AGAIN_MS = 500

export function createLocalPlatform(options: LocalPlatformOptions): LocalPlatform {
  const { environment, home } = options
  const client = new PlatformClient(localAddress(options))
  const start = (call: Call): Promise<PlatformStatus> => startPlatform(client, options, call)
  return {
    audit: {
      async list(query, call) {
        await start(call)
        return (await client.call('listAudit', { query }, call)).items
      },
      async verify(call) {
        await start(call)
        return client.call('verifyAudit', {}, call)
      },
    },
    async certificateAuthority(call) {
      await start(call)
      return (await client.call('certificateAuthority', {}, call)).pem
    },
    dataDirectory: home.data,
    run: (onReady, call) => runInForeground(client, { environment, onReady }, call),
    start,
    wasKilled: () => existsSync(platformSocket(home)),
    status: call => readStatus(client, call),
    async stop({ all }, call) {
      if ((await readAnswer(client, call)) === undefined) {
        if (!all || !existsSync(join(home.data, 'platform.db'))) return false
        // what a dead or stopped platform left running only a platform can stop
        await start(call)
      }
      await client.call('shutdown', { body: { all } }, { ...call, deadlineMs: STOP_DEADLINE_MS })
      await until(async () => (await readAnswer(client, call)) === undefined, {
        call,
        deadlineMs: STOP_DEADLINE_MS,
        what: 'the platform did not stop',
      })
      return true
    },
    tokens: {
      async create(request, call) {
        await start(call)
        return client.call('createToken', { body: { ...request } }, call)
      },
      async list(call) {
        await start(call)
        return (await client.call('listTokens', {}, call)).items
      },
      async revoke(token, call) {
        await start(call)
        await client.call('revokeToken', { params: { token } }, call)
      },
    },
  }
}

/** What every version says of itself. */
const signature = z.object({ pid: z.number(), protocol: z.number(), version: z.string() })

/** What answers on the socket, whatever its version; undefined when nothing does. */
async function readAnswer(client: PlatformClient, call: Call): Promise<unknown> {
  const { requestJson } = await import('../../transport/http.ts')
  try {
    return await requestJson(client.address, {
      deadlineMs: 10_000,
      method: 'GET',
      path: '/v1/status',
      repeatable: false,
      signal: call.signal,
    })
  } catch (error) {
    if (isAppError(error) && error.code === 'unavailable.network') return undefined
    throw error
  }
}

/** Undefined when nothing answers on the socket. @throws conflict.platform-version */
async function readStatus(client: PlatformClient, call: Call): Promise<PlatformStatus | undefined> {
  const answer = await readAnswer(client, call)
  if (answer === undefined) return undefined
  const known = z.safeParse(signature, answer)
  if (known.success && known.data.protocol !== PROTOCOL_VERSION) throw otherVersion(known.data)
  const status = z.safeParse(platformStatus(), answer)
  if (status.success) return status.data
  throw otherVersion(known.success ? known.data : undefined)
}

function otherVersion(found: z.infer<typeof signature> | undefined): AppError {
  const what = found ? `version ${found.version} is running (pid ${found.pid})` : 'an unknown version is running'
  return new AppError('conflict.platform-version', `a platform of ${what}, which this version does not understand`, {
    suggestions: ['aloft platform stop', ...(found ? [`kill ${found.pid}`] : [])],
  })
}

/** Starts the platform when none runs; several callers at once end up with one. */
async function startPlatform(
  client: PlatformClient,
  options: LocalPlatformOptions,
  call: Call,
): Promise<PlatformStatus> {
  const { environment, home } = options
  const running = await readStatus(client, call)
  if (running) return running
  let child = await spawnPlatform(home, environment)
  let status: PlatformStatus | undefined
  await until(
    async () => {
      const exitCode = child.exitCode()
      status = await readStatus(client, call)
      if (status || exitCode === undefined) return status !== undefined
      if (exitCode !== EXIT_RUNNING) throw await child.failure()
      // Another one holds the home: it comes up, or it ends and leaves the place to the next.
      await systemClock.sleep(AGAIN_MS, call.signal)
      status = await readStatus(client, call)
      if (!status) child = await spawnPlatform(home, environment)
      return status !== undefined
    },
    {
      call,
      deadlineMs: START_DEADLINE_MS,
      suggestions: [`read ${join(home.data, 'platform.log')}`],
      what: 'the platform did not start',
    },
  )
  return status ?? startPlatform(client, options, call)
}

async function runInForeground(
  client: PlatformClient,
  { environment, onReady }: { environment: NodeJS.ProcessEnv; onReady: (status: PlatformStatus) => void },
  call: Call,
): Promise<void> {
  const running = await readStatus(client, call)
  if (running) throw alreadyRunning(running.pid)
  // its log is not what the command says: that alone goes to stdout
  const child = spawn(process.execPath, PLATFORM_ARGUMENTS, {
    env: platformEnvironment(environment),
    stdio: ['ignore', 2, 2],
  })
  const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
  const stop = (): void => void child.kill('SIGTERM')
  call.signal.addEventListener('abort', stop, { once: true })
  let isReady = false
  try {
    isReady = await untilReady(client, { child, onReady }, call)
  } catch (error) {
    stop()
    await exited
    throw error
  }
  const code = await exited
  if (!isReady) call.signal.throwIfAborted()
  if (code === EXIT_RUNNING) throw alreadyRunning()
  if (code !== 0 && !call.signal.aborted)
    throw new AppError('unavailable.platform', `the platform ended with code ${code}`)
}

function alreadyRunning(pid?: number): AppError {
  const which = pid === undefined ? '' : ` (pid ${pid})`
  return new AppError('conflict.platform-running', `a platform is running already${which}`, {
    suggestions: ['aloft platform stop'],
  })
}

/** False when it ended before, or was asked to. @throws conflict.platform-version, unavailable.platform */
async function untilReady(
  client: PlatformClient,
  { child, onReady }: { child: ChildProcess; onReady: (status: PlatformStatus) => void },
  { signal }: Call,
): Promise<boolean> {
  const never = new AbortController().signal
  let status: PlatformStatus | undefined
  const hasEnded = (): boolean => signal.aborted || child.exitCode !== null || child.signalCode !== null
  await until(
    async () => {
      const found = await readStatus(client, { signal: never })
      if (found?.pid === child.pid) status = found
      return status !== undefined || hasEnded()
    },
    { call: { signal: never }, deadlineMs: START_DEADLINE_MS, what: 'the platform did not start' },
  )
  if (status === undefined || hasEnded()) return false
  onReady(status)
  return true
}

async function until(
  reached: () => Promise<boolean>,
  {
    call,
    deadlineMs,
    suggestions = [],
    what,
  }: { call: Call; deadlineMs: number; what: string; suggestions?: readonly string[] },
): Promise<void> {
  for (const end = systemClock.now() + deadlineMs; !(await reached()); await systemClock.sleep(POLL_MS, call.signal)) {
    if (systemClock.now() > end)
      throw new AppError('unavailable.platform', `${what} within ${deadlineMs / 1000} s`, { suggestions })
  }
}
