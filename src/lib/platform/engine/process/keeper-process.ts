import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import type { Clock } from '../../../core/clock.ts'
import { AppError } from '../../../core/errors.ts'
import type { Layout } from '../../layout.ts'
import type { Secrets } from '../../../secrets/seal.ts'
import { assertEnterable } from './isolation/permissions.ts'
import type { Isolation } from './isolation/probe.ts'
import { environmentUid } from './isolation/user-ids.ts'
import { callKeeper } from './keeper-client.ts'
import { lockOwner } from './keeper/lock.ts'
import { KEEPER_PROTOCOL, type KeeperStatus, statusSchema } from './messages.ts'
import { isAlive, sendSignal } from './process-tree.ts'

/** A keeper that holds the lock but does not answer is given this long. */
const STARTING_MS = 5000
const DEADLINE_MS = 15_000
const STATUS_TIMEOUT_MS = 2000
const POLL_MS = 20

export interface KeeperProcessOptions {
  readonly layout: Layout
  readonly clock: Clock
  readonly version: string
  readonly idleMs: number
  /** Opens what keepers wrote down. */
  readonly secrets: Secrets
  readonly isolation: () => Promise<Isolation>
}

/**
 * Finds the environment's keeper or starts one; resolves when it answers and is what it says it is.
 * @throws unavailable.keeper when none comes up, failed.isolation
 */
export async function ensureKeeper(environment: string, options: KeeperProcessOptions): Promise<KeeperStatus> {
  const { clock, layout } = options
  const deadline = clock.now() + DEADLINE_MS
  let hasSpawned = false
  let patientUntil: number | undefined
  for (; clock.now() < deadline; await clock.sleep(POLL_MS)) {
    const status = await readStatus(layout.keeperSocket(environment))
    if (status && isGenuine(status)) {
      if (status.protocol === KEEPER_PROTOCOL) return status
      await replace(status, layout.keeperSocket(environment))
    }
    const owner = lockOwner(layout.keeper(environment))
    const isStarting = owner !== undefined && isAlive(owner)
    if (isStarting || hasSpawned) {
      patientUntil ??= clock.now() + STARTING_MS
      if (clock.now() < patientUntil) continue
    }
    if (isStarting) sendSignal(owner.pid, 'SIGKILL')
    await spawnKeeper(environment, options)
    hasSpawned = true
    patientUntil = undefined
  }
  throw new AppError('unavailable.keeper', `the keeper of ${environment} does not start`, {
    suggestions: [`See ${join(layout.keeper(environment), 'keeper.log')}.`],
  })
}

/** The keeper that answers there now, if any. */
async function readStatus(socket: string): Promise<KeeperStatus | undefined> {
  const call = { method: 'GET', path: '/status', timeoutMs: STATUS_TIMEOUT_MS } as const
  return callKeeper(socket, call, statusSchema).catch(() => undefined)
}

/** Same boot, and the process of that number is the one that started then. */
function isGenuine(status: KeeperStatus): boolean {
  return isAlive(status)
}

/** One of another version: its instances go with it and are started by the next. */
async function replace(status: KeeperStatus, socket: string): Promise<void> {
  await callKeeper(socket, { method: 'POST', path: '/shutdown', timeoutMs: STARTING_MS }, z.unknown()).catch(() =>
    sendSignal(status.pid, 'SIGKILL'),
  )
}

async function spawnKeeper(environment: string, options: KeeperProcessOptions): Promise<void> {
  const { idleMs, layout, version } = options
  const { bubblewrap, cutsNetwork, level, setpriv } = await options.isolation()
  mkdirSync(layout.home.runtime, { mode: 0o700, recursive: true })
  mkdirSync(layout.keeper(environment), { mode: 0o700, recursive: true })
  if (level === 'user') await assertEnterable(layout.home.data)
  const uid = setpriv === undefined ? undefined : await environmentUid(layout, environment)
  const flags = {
    bubblewrap,
    cache: layout.home.cache,
    config: layout.home.config,
    'cuts-network': String(cutsNetwork),
    data: layout.home.data,
    environment,
    idle: String(idleMs),
    level,
    runtime: layout.home.runtime,
    setpriv,
    uid: uid === undefined ? undefined : String(uid),
    version,
  }
  const args = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}=${value}`]))
  const output = openSync(join(layout.keeper(environment), 'keeper.log'), 'a', 0o600)
  try {
    const child = spawn(process.execPath, [mainPath(), ...args], {
      cwd: '/',
      detached: true,
      env: keeperEnvironment(),
      stdio: ['ignore', output, output],
    })
    // A keeper that cannot be started shows by not answering.
    child.on('error', () => {})
    child.unref()
  } finally {
    closeSync(output)
  }
}

const PASSED_ON = ['HOME', 'LANG', 'NODE_COMPILE_CACHE', 'PATH', 'TZ']

/** Of the platform's own environment nothing else: the keeper's is what a defect could show to applications. */
function keeperEnvironment(): NodeJS.ProcessEnv {
  const kept = PASSED_ON.map(name => [name, process.env[name]] as const)
  return Object.fromEntries(kept.filter(([, value]) => value !== undefined))
}

function mainPath(): string {
  const here = fileURLToPath(import.meta.url)
  return join(dirname(here), 'keeper', `main${extname(here)}`)
}
