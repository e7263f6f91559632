import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type AppError, isAppError } from '../../core/errors.ts'
import type { EnvironmentRef } from '../../core/model.ts'
import type { LocalPlatform, LocalPlatformStatus } from '../../providers/local-platform.ts'
import type { Call } from '../../providers/port.ts'
import { type Link, readLink } from '../link-file.ts'
import type { Runtime } from '../runtime.ts'
import { printTarget } from '../target-name.ts'
import type { Check, Finding } from './check.ts'
import { checkHome, checkSettings } from './home.ts'
import { checkServers } from './servers.ts'
import { checkServices } from './services.ts'
import { checkTools, firstLine } from './tools.ts'

const NODE_MINIMUM = [22, 19] as const
const DISK_MINIMUM_BYTES = 1_000_000_000

/** Everything that deploying on this machine needs, each with what to do where it is missing. */
export async function runChecks(runtime: Runtime, call: Call): Promise<readonly Finding[]> {
  const local = await runtime.openLocalPlatform()
  const status = await local.status(call).catch(toProblem)
  const running = status instanceof Error ? undefined : status
  const [home, servers, tools, isolation, disk, link, services] = await Promise.all([
    checkHome(runtime),
    checkServers(runtime, call.signal),
    checkTools(call.signal),
    checkIsolation(running, call),
    checkDisk(local),
    checkLink(runtime, { call, isRunning: running !== undefined }),
    checkServices(runtime),
  ])
  return [
    checkNode(process.versions.node),
    checkSystem(process.platform),
    home,
    checkSettings(runtime),
    ...servers,
    checkPlatform(status, { call, local }),
    isolation,
    disk,
    link,
    ...tools,
    ...services,
  ]
}

/** Does what is safe about those that are not in order; returns the names of what was done. */
export async function repair(findings: readonly Finding[]): Promise<readonly string[]> {
  const broken = findings.filter(each => each.repair !== undefined && each.state !== 'ok')
  for (const each of broken) await each.repair?.()
  return broken.map(({ name }) => name)
}

/** What is shown of it. */
export function toCheck({ detail, fix, name, state }: Finding): Check {
  return { detail, fix, name, state }
}

function toProblem(error: unknown): AppError {
  if (isAppError(error)) return error
  throw error
}

function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isNew = major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])
  if (isNew) return { detail: version, name: 'node', state: 'ok' }
  const wanted = NODE_MINIMUM.join('.')
  return {
    detail: `${version} is older than ${wanted}`,
    fix: `install Node.js ${wanted} or newer`,
    name: 'node',
    state: 'failed',
  }
}

function checkSystem(platform: NodeJS.Platform): Check {
  const name = 'operating system'
  if (platform === 'linux') return { detail: platform, name, state: 'ok' }
  if (platform === 'darwin') {
    return { detail: 'macOS: instances are not isolated', fix: 'use Linux for isolation', name, state: 'warning' }
  }
  const detail = `${platform}: the embedded platform does not run here; other clouds do`
  return { detail, fix: 'use WSL2 on Windows', name, state: 'warning' }
}

function checkPlatform(
  status: LocalPlatformStatus | AppError | undefined,
  { call, local }: { readonly call: Call; readonly local: LocalPlatform },
): Finding {
  const name = 'platform'
  if (status instanceof Error) return { detail: status.message, fix: status.suggestions[0], name, state: 'failed' }
  if (status) return { detail: `running, pid ${status.pid}`, name, state: 'ok' }
  if (!local.wasKilled()) return { detail: 'not running: it starts when it is needed', name, state: 'ok' }
  return {
    detail: 'it was killed: its applications go on, and nothing starts them again when they end',
    fix: 'aloft platform start',
    name,
    repair: async () => void (await local.start(call)),
    state: 'warning',
  }
}

async function checkIsolation(status: LocalPlatformStatus | undefined, { signal }: Call): Promise<Check> {
  const name = 'isolation'
  const fix = 'apt-get install bubblewrap'
  if (status !== undefined) {
    const { description, level } = status.engine.isolation
    return level === 'none'
      ? { detail: description, fix, name, state: 'warning' }
      : { detail: `${level}: ${description}`, name, state: 'ok' }
  }
  if (process.platform !== 'linux') return { detail: 'not available on this system', name, state: 'warning' }
  for (const tool of ['bwrap', 'unshare']) {
    if ((await firstLine(tool, ['--version'], signal)) !== undefined)
      return { detail: `${tool} is there`, name, state: 'ok' }
  }
  return { detail: 'neither bubblewrap nor unshare is installed', fix, name, state: 'warning' }
}

async function checkDisk({ dataDirectory }: LocalPlatform): Promise<Check> {
  const name = 'disk'
  const free = await freeBytes(dataDirectory)
  const detail = `${(free / 1e9).toFixed(1)} GB free for ${dataDirectory}`
  if (free >= DISK_MINIMUM_BYTES) return { detail, name, state: 'ok' }
  return { detail, fix: 'free some space, or set ALOFT_HOME to a larger disk', name, state: 'failed' }
}

/** Of the directory or, where it is not made yet, of the nearest one above it. */
async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  } catch (error) {
    const parent = dirname(directory)
    if (parent === directory) throw error
    return freeBytes(parent)
  }
}

/** That it can be read, and that what it names is there; a platform that does not run is not started for it. */
async function checkLink(
  runtime: Runtime,
  { call, isRunning }: { readonly call: Call; readonly isRunning: boolean },
): Promise<Check> {
  const name = 'link'
  try {
    const link = await readLink(runtime.directory)
    if (link?.environment === undefined)
      return { detail: 'this directory is not linked: see `aloft link`', name, state: 'ok' }
    const target = { environment: link.environment, project: link.project }
    const { address } = await runtime.findAccount(link)
    if (address !== 'local' || isRunning) await requireLinked(target, { call, link, runtime })
    return { detail: `${printTarget(target)} (${link.directory})`, name, state: 'ok' }
  } catch (error) {
    call.signal.throwIfAborted()
    const detail = error instanceof Error ? error.message : String(error)
    return { detail, fix: 'aloft link', name, state: 'failed' }
  }
}

async function requireLinked(
  target: EnvironmentRef,
  { call, link, runtime }: { readonly call: Call; readonly link: Link; readonly runtime: Runtime },
): Promise<void> {
  const provider = await runtime.openProvider({ ...link, signal: call.signal })
  try {
    await provider.environments.get(target, call)
  } finally {
    await provider.close()
  }
}
