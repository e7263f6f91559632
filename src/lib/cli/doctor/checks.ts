import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { LocalPlatform, LocalPlatformStatus } from '../../providers/local-platform.ts'
import type { Call } from '../../providers/port.ts'
import { readLink } from '../link-file.ts'
import type { Runtime } from '../runtime.ts'
import { printTarget } from '../target-name.ts'
import type { Check } from './check.ts'
import { checkTools, firstLine } from './tools.ts'

const NODE_MINIMUM = [22, 19] as const
const DISK_MINIMUM_BYTES = 1_000_000_000

/** Everything that deploying on this machine needs, each with what to do where it is missing. */
export async function runChecks(runtime: Runtime, call: Call): Promise<readonly Check[]> {
  const local = await runtime.openLocalPlatform()
  const status = await local.status(call).catch(() => undefined)
  const [tools, isolation, disk, link] = await Promise.all([
    checkTools(call.signal),
    checkIsolation(status, call),
    checkDisk(local),
    checkLink(runtime.directory),
  ])
  return [
    checkNode(process.versions.node),
    checkSystem(process.platform),
    checkPlatform(status),
    isolation,
    disk,
    link,
    ...tools,
  ]
}

export function checkNode(version: string): Check {
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

export function checkSystem(platform: NodeJS.Platform): Check {
  const name = 'operating system'
  if (platform === 'linux') return { detail: platform, name, state: 'ok' }
  if (platform === 'darwin') {
    return { detail: 'macOS: instances are not isolated', fix: 'use Linux for isolation', name, state: 'warning' }
  }
  const detail = `${platform}: the embedded platform does not run here; other clouds do`
  return { detail, fix: 'use WSL2 on Windows', name, state: 'warning' }
}

function checkPlatform(status: LocalPlatformStatus | undefined): Check {
  const detail = status === undefined ? 'not running: it starts when it is needed' : `running, pid ${status.pid}`
  return { detail, name: 'platform', state: 'ok' }
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

async function checkLink(directory: string): Promise<Check> {
  const name = 'link'
  try {
    const link = await readLink(directory)
    if (link?.environment === undefined)
      return { detail: 'this directory is not linked: see `aloft link`', name, state: 'ok' }
    return {
      detail: `${printTarget({ environment: link.environment, project: link.project })} (${link.directory})`,
      name,
      state: 'ok',
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { detail, fix: 'aloft link', name, state: 'failed' }
  }
}
