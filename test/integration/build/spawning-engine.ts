import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Engine, JobLine, JobResult, JobSpec } from '../../../src/lib/platform/engine/port.ts'
import type { Layout } from '../../../src/lib/platform/layout.ts'

export interface SpawningEngine extends Engine {
  readonly jobs: JobSpec[]
  readonly cancelled: string[]
}

function refuse(): never {
  throw new Error('this engine runs jobs only')
}

/** An engine that can only run jobs: as children of this process, without isolation. */
export function createSpawningEngine(layout: Layout): SpawningEngine {
  const running = new Map<string, { pid: number; cancelled: boolean }>()
  const jobs: JobSpec[] = []
  const cancelled: string[] = []
  return {
    apply: refuse,
    cancel: async (_, id) => {
      cancelled.push(id)
      const job = running.get(id)
      if (!job) return
      job.cancelled = true
      process.kill(-job.pid, 'SIGKILL')
    },
    cancelled,
    close: async () => {},
    copyVolumes: refuse,
    sharesCopies: refuse,
    freeze: refuse,
    instances: refuse,
    isolation: refuse,
    jobs,
    logDirectory: refuse,
    name: 'spawning',
    remove: refuse,
    run: job => {
      jobs.push(job)
      return runJob(layout, job, running)
    },
    removeVolumes: refuse,
    session: refuse,
    stopAll: refuse,
    volumes: refuse,
    watch: refuse,
  }
}

async function* runJob(
  layout: Layout,
  job: JobSpec,
  running: Map<string, { pid: number; cancelled: boolean }>,
): AsyncGenerator<JobLine, JobResult> {
  const { artifact, command, directory, path, variables } = job.launch
  const app = join(layout.artifacts, artifact, 'app')
  const [file = 'sh', ...args] = typeof command === 'string' ? ['sh', '-c', command] : command
  const search = [
    ...path.map(part => (part.startsWith('/') ? part : join(app, part))),
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
  ]
  const env = Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [name, value.replaceAll('${APP_DIR}', app)]),
  )
  const child = spawn(file, args, {
    cwd: join(app, directory),
    detached: true,
    env: { ...env, HOME: join(app, '..'), PATH: search.join(':') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const state = { cancelled: false, pid: child.pid ?? 0 }
  running.set(job.id, state)
  const ended = new Promise<JobResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (state.cancelled) resolve({ kind: 'cancelled' })
      else resolve(signal ? { kind: 'killed', signal } : { exitCode: code ?? 0, kind: 'exited' })
    })
  })
  const lines: JobLine[] = []
  for (const stream of ['stdout', 'stderr'] as const)
    createInterface({ input: child[stream] }).on('line', text =>
      lines.push({ at: new Date().toISOString(), stream, text }),
    )
  const result = await ended
  yield* lines
  running.delete(job.id)
  return result
}
