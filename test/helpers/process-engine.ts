import { chmod, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as z from 'zod/mini'
import { systemClock } from '../../src/lib/core/clock.ts'
import { createId } from '../../src/lib/core/ids.ts'
import { openPlatformSecrets } from '../../src/lib/platform/secrets.ts'
import { createProcessEngine } from '../../src/lib/platform/engine/process/engine.ts'
import type { EngineLog } from '../../src/lib/platform/engine/process/keeper-link.ts'
import type { Level } from '../../src/lib/platform/engine/process/isolation/probe.ts'
import type {
  DesiredEnvironment,
  Engine,
  EngineInstance,
  JobLine,
  JobResult,
  JobSpec,
  JobStreams,
  LaunchSpec,
  ServiceState,
} from '../../src/lib/platform/engine/port.ts'
import { createLayout, type Layout } from '../../src/lib/platform/layout.ts'
import { resolveHome } from '../../src/lib/protocol/home.ts'

export const NODE_BIN = dirname(process.execPath)
/** Marks processes of the whole machine: another one in each test file. */
export const ENV = createId('env')
const silentLog = { info: () => {}, warn: () => {} }

/** Answers every request with a line about itself. */
export const SERVER = `
const http = require('node:http')
const server = http.createServer((request, response) => {
  if (request.url === '/exit') process.exit(3)
  response.end(JSON.stringify({ env: process.env, pid: process.pid, uid: process.getuid(), cwd: process.cwd() }))
})
server.listen(process.env.SOCKET ?? Number(process.env.LISTEN_ON ?? process.env.PORT), process.env.SOCKET ? undefined : '127.0.0.1', () => console.log('listening'))
process.on('SIGTERM', () => server.close(() => process.exit(0)) && server.closeAllConnections())
`

export interface EngineFixture {
  readonly engine: Engine
  readonly layout: Layout
  /** A second engine on the same home, as after a restart of the platform. */
  restart(log?: EngineLog): Engine
  readonly writeArtifact: (id: string, files: Readonly<Record<string, string>>) => Promise<string>
  dispose(): Promise<void>
}

/** `parent`: the directory that its home is made in. */
export async function createFixture(
  options: { level?: Level; idleMs?: number; parent?: string } = {},
): Promise<EngineFixture> {
  const root = await mkdtemp(join(options.parent ?? tmpdir(), 'aloft-'))
  // Instances may run as other users: they have to be able to pass through.
  await chmod(root, 0o711)
  const layout = createLayout(resolveHome({ ALOFT_HOME: root }))
  await mkdir(layout.home.data, { recursive: true })
  const engines: Engine[] = []
  const restart = (log: EngineLog = silentLog): Engine => {
    const engine = createProcessEngine({
      clock: systemClock,
      idleMs: options.idleMs,
      isolation: options.level,
      layout,
      log,
      secrets: openPlatformSecrets(layout.secretKey),
      version: '0.0.0-test',
    })
    engines.push(engine)
    return engine
  }
  const engine = restart()
  return {
    async dispose() {
      // An engine that lives on would bring back what is being removed.
      for (const one of engines) await one.close()
      const last = restart()
      for (const name of environments(layout)) await last.remove(name).catch(() => undefined)
      await last.close()
      await rm(root, { force: true, recursive: true })
    },
    engine,
    layout,
    restart,
    async writeArtifact(id, files) {
      const app = join(layout.artifacts, id, 'app')
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(app, path)), { recursive: true })
        await writeFile(join(app, path), text)
      }
      return app
    },
  }
}

function environments(layout: Layout): string[] {
  try {
    return readdirSync(join(layout.home.data, 'environments'))
  } catch {
    return []
  }
}

export function launchSpec(over: Partial<LaunchSpec> = {}): LaunchSpec {
  return {
    artifact: 'art',
    command: 'node server.js',
    directory: '.',
    listen: { family: 'tcp' },
    mounts: [],
    path: [NODE_BIN],
    variables: {},
    ...over,
  }
}

export function serviceState(over: Partial<ServiceState> = {}): ServiceState {
  return { count: 1, graceMs: 3000, kind: 'web', launch: launchSpec(), name: 'web', probes: {}, ...over }
}

let generation = 0

export function desired(environment: string, services: readonly ServiceState[], release = 'dep_1'): DesiredEnvironment {
  return {
    environment,
    generation: ++generation,
    releases: services.length > 0 ? [{ id: release, services, weight: 100 }] : [],
  }
}

export function jobSpec(id: string, over: Partial<JobSpec> & { command?: LaunchSpec['command'] } = {}): JobSpec {
  const { command = 'true', ...rest } = over
  const { listen: _listen, ...launch } = launchSpec({ command })
  return {
    environment: ENV,
    graceMs: 1000,
    id,
    launch,
    log: { service: 'web', source: 'app' },
    timeoutMs: 20_000,
    ...rest,
  }
}

/** Waits until the instances are as wanted; fails with what they were at the deadline. */
export async function until(
  engine: Engine,
  environment: string,
  isGood: (instances: readonly EngineInstance[]) => boolean,
): Promise<readonly EngineInstance[]> {
  const deadlineMs = 60_000
  let latest: readonly EngineInstance[] = []
  for await (latest of engine.watch(environment, AbortSignal.timeout(deadlineMs))) if (isGood(latest)) return latest
  throw new Error(`not reached in ${deadlineMs} ms: ${JSON.stringify(latest, undefined, 1)}`)
}

export const allReady =
  (count: number) =>
  (instances: readonly EngineInstance[]): boolean =>
    instances.length === count && instances.every(({ state }) => state === 'ready')

export async function runJob(
  engine: Engine,
  job: JobSpec,
  options: { readonly signal?: AbortSignal; readonly streams?: JobStreams } = {},
): Promise<{ result: JobResult; lines: JobLine[] }> {
  const lines: JobLine[] = []
  const running = engine.run(job, options.signal ?? AbortSignal.timeout(25_000), options.streams)
  let next = await running.next()
  for (; !next.done; next = await running.next()) lines.push(next.value)
  return { lines, result: next.value }
}

export async function untilTrue(
  isTrue: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`not reached in ${deadlineMs} ms: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

const answerSchema = z.object({
  cwd: z.string(),
  env: z.record(z.string(), z.string()),
  pid: z.number(),
  uid: z.number(),
})

/** What the test server says about itself. */
export async function ask(instance: EngineInstance | undefined): Promise<z.infer<typeof answerSchema>> {
  const response = await fetch(`http://${instance?.endpoint}/`)
  return answerSchema.parse(await response.json())
}
