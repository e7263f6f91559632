import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { get } from './load.ts'
import { countInstances, findProcesses } from './processes.ts'
import { writeFiles } from './small-app.ts'
import { until } from './until.ts'
import { createWorkspace, type Workspace } from './workspace.ts'

const TARGET = ['--project', 'guestbook', '--environment', 'main']
const PROGRAM = fileURLToPath(new URL('./platform-with-faults.ts', import.meta.url))
const activity = z.object({
  error: z.optional(z.object({ message: z.string() })),
  id: z.string(),
  result: z.optional(z.string()),
  state: z.string(),
})

const FILES = {
  'aloft.yaml': `applications:
  guestbook:
    type: nodejs:24
    build: {flavor: none}
    hooks: {build: node -p '"built " + process.version'}
    mounts: {data: {source: storage, source_path: data}}
    web: {commands: {start: node server.js}}
    health: {readiness: {path: /health, period: 1s}, liveness: {path: /health, period: 5s}}
    workers: {moderator: {commands: {start: node worker.js}}}
`,
  'package.json': '{"version":"1.0.0"}',
  'server.js': `const {version} = require('./package.json')
require('node:http').createServer((request, response) => response.end(JSON.stringify({version}))).listen(process.env.PORT)
`,
  'worker.js': 'setInterval(() => {}, 1000)\n',
}

/** Deploys an application with a worker again and again while its platform dies, and checks after each time that all is well. */
export class KillTest {
  /** How many moments a deploy that changes the build has. */
  count = 0
  readonly #workspace = createWorkspace()
  readonly #source: string
  readonly #momentFile: string
  #url = ''
  #version = 0
  /** The version that went live last. */
  #live = 0

  private constructor() {
    this.#source = writeFiles(this.#workspace, 'guestbook', FILES)
    this.#momentFile = join(this.#workspace.directory, 'moments')
  }

  /** With a first deploy. The caller closes it. */
  static async begin(): Promise<KillTest> {
    const test = new KillTest()
    await test.#prepare()
    return test
  }

  close(): Promise<void> {
    return this.#workspace.close()
  }

  async #prepare(): Promise<void> {
    await this.#workspace.aloft(['deploy', this.#source, ...TARGET])
    const shown = z.parse(
      z.object({ urls: z.array(z.string()) }),
      await this.#workspace.json(['environments', 'show', 'main', '--project', 'guestbook']),
    )
    this.#url = shown.urls.find(url => url.startsWith('http://127.0.0.1')) ?? ''
    await this.#workspace.aloft(['platform', 'stop'])
    const platform = await this.#startFaulty(0)
    await this.#deploy()
    this.#live = this.#version
    await this.#untilLive()
    await stopFaultyPlatform(platform)
    this.count = this.moments().length
  }

  /** `<step> <moment>` in the order they were passed. */
  moments(): string[] {
    return readFileSync(this.#momentFile, 'utf8').trim().split('\n')
  }

  /** The platform dies at its n-th moment. Returns how the next one finished the deploy. */
  async dieAtMoment(moment: number): Promise<string | undefined> {
    const platform = await this.#startFaulty(moment)
    const died = new Promise(resolve => platform.once('exit', resolve))
    const id = await this.#deploy()
    await died
    return this.#finished(id)
  }

  /** The edge or the keepers die at the platform's n-th moment. Returns how it finished the deploy. */
  async killAtMoment(victim: 'edge' | 'keeper', moment: number): Promise<string | undefined> {
    const platform = await this.#startFaulty(moment, victim)
    try {
      return await this.#finished(await this.#deploy())
    } finally {
      if (platform.exitCode === null) await stopFaultyPlatform(platform)
    }
  }

  /** The edge or the keepers die `ms` after the deploy was accepted. Returns how it was finished. */
  async killAfter(victim: 'edge' | 'keeper', ms: number): Promise<string | undefined> {
    const id = await this.#deploy()
    await new Promise(resolve => setTimeout(resolve, ms))
    const program = victim === 'edge' ? 'edge/node/main' : 'keeper/main'
    for (const pid of findProcesses(program, this.#workspace.home)) process.kill(pid, 'SIGKILL')
    return this.#finished(id)
  }

  /** The platform dies `ms` after the deploy was accepted. Returns how the next one finished it. */
  async dieAfter(ms: number): Promise<string | undefined> {
    const platform = await this.#startFaulty(0)
    const died = new Promise(resolve => platform.once('exit', resolve))
    const id = await this.#deploy()
    await new Promise(resolve => setTimeout(resolve, ms))
    platform.kill('SIGKILL')
    await died
    return this.#finished(id)
  }

  async #deploy(): Promise<string> {
    this.#version++
    const file = join(this.#source, 'package.json')
    const before = z.parse(z.record(z.string(), z.unknown()), JSON.parse(readFileSync(file, 'utf8')))
    writeFileSync(file, JSON.stringify({ ...before, version: `9.0.${this.#version}` }))
    return z.parse(activity, await this.#workspace.json(['deploy', this.#source, ...TARGET, '--no-wait'])).id
  }

  /**
   * Waits until the activity is finished, its log can be read to the end, and one release runs, once, and answers.
   * @throws when that does not come
   */
  async #finished(id: string): Promise<string | undefined> {
    const done = await until(
      `${id} is finished`,
      async () => {
        const now = z.parse(activity, await this.#workspace.json(['activities', 'show', id]))
        return now.state === 'finished' && now
      },
      60_000,
    )
    const { exitCode, stderr } = await this.#workspace.aloft(['activities', 'log', id, '--no-follow'])
    if (exitCode !== 0) throw new Error(`the log of ${id} cannot be read: ${stderr}`)
    if (done.result === 'success') this.#live = this.#version
    await this.#untilLive()
    await this.#workspace.aloft(['platform', 'stop'])
    return done.result === 'success' ? 'success' : `${done.result}: ${done.error?.message}`
  }

  async #untilLive(): Promise<void> {
    await until(
      `version 9.0.${this.#live} answers`,
      async () => (await get(`${this.#url}health`)).body.includes(`"9.0.${this.#live}"`),
      30_000,
    )
    await until('one web instance and one worker run', () => countInstances(this.#workspace.home) === 2, 30_000)
  }

  #startFaulty(moment: number, victim = 'platform'): Promise<ChildProcess> {
    return startFaultyPlatform(this.#workspace, { moment, momentFile: this.#momentFile, victim })
  }
}

interface Fault {
  /** 0: never. */
  readonly moment: number
  /** Where it writes the moments that it passes. */
  readonly momentFile: string
  readonly victim?: string
}

/** A platform that ends itself, or what it has started, at the n-th recorded moment of a step. Returns once it answers. */
export async function startFaultyPlatform(
  workspace: Workspace,
  { moment, momentFile, victim = 'platform' }: Fault,
): Promise<ChildProcess> {
  rmSync(momentFile, { force: true })
  const platform = spawn(process.execPath, [PROGRAM], {
    env: {
      ...process.env,
      ALOFT_HOME: workspace.home,
      FAULT_AT: String(moment),
      FAULT_LOG: momentFile,
      FAULT_VICTIM: victim,
    },
    stdio: 'ignore',
  })
  await until(
    'the platform answers',
    async () => (await workspace.platformPid().catch(() => undefined)) === platform.pid,
    60_000,
  )
  return platform
}

/** Ends it in good order. */
export async function stopFaultyPlatform(platform: ChildProcess): Promise<void> {
  const ended = new Promise(resolve => platform.once('exit', resolve))
  platform.kill('SIGTERM')
  await ended
}
