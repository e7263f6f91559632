import { execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import getPort from 'get-port'
import { BASELINE, cleanEnvironment, type Command, measure, median } from '../measure.ts'
import { atMost, type Table } from '../report.ts'
import { createWorkspace } from '../workspace.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TARGET = ['--project', 'bench', '--environment', 'main']
const LIMIT_MS = 1000
const POLL_MS = 2
const START_DEADLINE_MS = 30_000
const BUILD_ID = /\bbld_[0-9a-z]+\b/

const execute = promisify(execFile)

/**
 * `aloft deploy` of a build that is there to an environment that runs, until the command ends: then the release is live.
 * Beside it, how long the application takes without a platform from its spawn to its first answer.
 */
export async function* deploy(rounds: number | undefined): AsyncGenerator<Table> {
  using workspace = createWorkspace()
  const source = join(workspace.directory, 'guestbook')
  cpSync(join(ROOT, 'examples/guestbook'), source, { recursive: true })
  const env = { ALOFT_HOME: join(workspace.directory, 'home') }
  const aloft = (...args: string[]): string[] => [process.execPath, join(ROOT, 'bin/run.js'), ...args]
  try {
    const build = BUILD_ID.exec(await output(aloft('deploy', source, ...TARGET, '--json'), env))?.[0]
    if (build === undefined) throw new Error('the first deployment names no build')
    execFileSync(process.execPath, ['build.js'], { cwd: source, stdio: 'ignore' })
    const redeploy = { argv: aloft('deploy', '--build', build, ...TARGET), env, label: 'aloft deploy --build' }
    yield await besideOwnStart(redeploy, source, rounds ?? 7)
  } finally {
    await output(aloft('platform', 'stop', '--all'), env)
  }
}

async function besideOwnStart(redeploy: Command, source: string, rounds: number): Promise<Table> {
  const [base = [], runs = []] = await measure([BASELINE, { ...redeploy, after: () => ownStart(source) }], { rounds })
  const starts = runs.map(({ noted }) => noted)
  const over = median(runs.map(({ noted, wallMs }) => wallMs - noted))
  const notes = [`own start ${median(starts).toFixed(0)} ms`, `${over.toFixed(0)} ms over it`]
  return {
    rows: [
      { label: BASELINE.label, runs: base },
      { goals: [atMost(over, LIMIT_MS, `${LIMIT_MS} ms over its own start`)], label: redeploy.label, notes, runs },
    ],
    title: 'deploy to live of examples/guestbook, built already',
  }
}

/** From spawn to the first answer, ms. */
async function ownStart(source: string): Promise<number> {
  const port = await getPort({ host: '127.0.0.1' })
  const startedAt = performance.now()
  const env = { ...cleanEnvironment(), PORT: String(port) }
  const child = spawn(process.execPath, ['server.js'], { cwd: source, env, stdio: 'ignore' })
  const exited = once(child, 'exit')
  try {
    while (!(await answers(port))) {
      if (performance.now() - startedAt > START_DEADLINE_MS) throw new Error('the application does not start')
      await sleep(POLL_MS)
    }
    return performance.now() - startedAt
  } finally {
    child.kill()
    await exited
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    get({ agent: false, host: '127.0.0.1', path: '/health', port }, response => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })
}

async function output([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await execute(program, args, { env: { ...cleanEnvironment(), ...env } })
  return stdout
}
