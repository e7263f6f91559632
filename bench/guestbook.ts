import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'
import * as z from 'zod/mini'
import { get } from '../test/helpers/load.ts'
import { createAloft } from './aloft.ts'
import { cleanEnvironment, type Command } from './measure.ts'

const EXAMPLE = fileURLToPath(new URL('../examples/guestbook', import.meta.url))
const TARGET = ['--project', 'bench', '--environment', 'main']
const BUILD_ID = /\bbld_[0-9a-z]+\b/
const POLL_MS = 2
const START_DEADLINE_MS = 30_000

const environmentDocument = z.object({ result: z.object({ id: z.string(), urls: z.array(z.string()) }) })
const servicesDocument = z.object({
  items: z.array(
    z.object({
      instances: z.array(z.object({ pid: z.optional(z.number()), state: z.string() })),
      name: z.string(),
    }),
  ),
})

export interface Instance {
  readonly service: string
  readonly pid: number | undefined
  readonly isReady: boolean
}

/** `examples/guestbook`, live on a platform of its own. */
export interface Guestbook {
  /** The environment's id. */
  readonly environment: string
  /** The platform's `ALOFT_HOME`. */
  readonly home: string
  /** Answers 200 when the application serves. */
  readonly healthUrl: string
  /** `aloft deploy` of the build that is live. */
  readonly redeploy: Command
  /** Runs an aloft command on its environment. @throws unless it succeeds */
  readonly aloft: (...args: readonly string[]) => Promise<void>
  /** As the platform's API tells, without the time that a command takes to start. */
  readonly instances: () => Promise<Instance[]>
  /** Without a platform, from spawn to the first answer, ms. */
  readonly ownStart: () => Promise<number>
  readonly stop: () => Promise<void>
}

/** Deploys it below `directory`, whose path has to be short. */
export async function deployGuestbook(directory: string): Promise<Guestbook> {
  const source = join(directory, 'guestbook')
  cpSync(EXAMPLE, source, { recursive: true })
  const { command, home, run } = createAloft(directory)
  const build = BUILD_ID.exec(await run('deploy', source, ...TARGET, '--json'))?.[0]
  if (build === undefined) throw new Error('the first deployment names no build')
  const shown = await run('environments', 'show', 'main', '--project', 'bench', '--json')
  const { id, urls } = environmentDocument.parse(JSON.parse(shown)).result
  execFileSync(process.execPath, ['build.js'], { cwd: source, stdio: 'ignore' })
  return {
    aloft: async (...args) => void (await run(...args, ...TARGET)),
    environment: id,
    healthUrl: `${urls.find(url => url.startsWith('http://127.0.0.1')) ?? ''}health`,
    home,
    instances: () => readInstances(join(home, 'run/platform.sock')),
    ownStart: () => ownStart(source),
    redeploy: { ...command('deploy', '--build', build, ...TARGET), label: 'aloft deploy --build' },
    stop: async () => void (await run('platform', 'stop', '--all')),
  }
}

async function readInstances(socketPath: string): Promise<Instance[]> {
  const outgoing = request({ path: '/v1/projects/bench/environments/main/services', socketPath })
  const answered = once(outgoing, 'response')
  outgoing.end()
  const [response] = await answered
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return servicesDocument
    .parse(JSON.parse(text))
    .items.flatMap(({ instances, name }) =>
      instances.map(({ pid, state }) => ({ isReady: state === 'ready', pid, service: name })),
    )
}

async function ownStart(source: string): Promise<number> {
  const port = await getPort({ host: '127.0.0.1' })
  const startedAt = performance.now()
  const env = { ...cleanEnvironment(), PORT: String(port) }
  const child = spawn(process.execPath, ['server.js'], { cwd: source, env, stdio: 'ignore' })
  const exited = once(child, 'exit')
  try {
    while (!(await answers(`http://127.0.0.1:${port}/health`))) {
      if (performance.now() - startedAt > START_DEADLINE_MS) throw new Error('the application does not start')
      await sleep(POLL_MS)
    }
    return performance.now() - startedAt
  } finally {
    child.kill()
    await exited
  }
}

/** Whether a GET is answered with 200; false when nobody listens. */
export async function answers(url: string): Promise<boolean> {
  return get(url).then(
    ({ status }) => status === 200,
    () => false,
  )
}
