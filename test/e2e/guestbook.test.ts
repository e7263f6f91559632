import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get, startLoad } from '../helpers/load.ts'
import { findProcess, isRunning } from '../helpers/processes.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['--project', 'guestbook', '--environment', 'main']
const activity = z.object({
  id: z.string(),
  output: z.optional(z.record(z.string(), z.unknown())),
  result: z.optional(z.string()),
  state: z.string(),
})
const services = z.array(
  z.object({
    instances: z.array(
      z.object({ id: z.string(), pid: z.optional(z.number()), restarts: z.number(), state: z.string() }),
    ),
    name: z.string(),
    ready: z.number(),
  }),
)

describe('the guestbook on the embedded platform', () => {
  let workspace: Workspace
  let source: string
  let url: string
  let environment: string

  beforeAll(async () => {
    workspace = createWorkspace()
    source = workspace.example('guestbook')
  })
  afterAll(() => workspace?.close())

  it('is built, started and served by one command, without a login', async () => {
    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, ...TARGET])

    expect(stderr + stdout).toContain('build')
    expect(exitCode, stderr).toBe(0)
    const shown = z.parse(
      z.object({ id: z.string(), urls: z.array(z.string()) }),
      await workspace.json(['environments', 'show', 'main', '--project', 'guestbook']),
    )
    environment = shown.id
    url = shown.urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''
    expect(await get(`${url}health`)).toMatchObject({ status: 200 })
    expect((await get(shown.urls[0] ?? '')).body).toContain('Guestbook')
  })

  it('reuses the build when nothing changed', async () => {
    const { stdout } = await workspace.aloft(['deploy', source, ...TARGET, '--dry-run'])

    expect(stdout).toContain('reuse the build')
  })

  it('loses no request while it is deployed anew under load', async () => {
    const load = startLoad(`${url}health`, 200)
    setVersion(source, '2.0.0')
    const [{ exitCode, stderr }] = await Promise.all([
      workspace.aloft(['deploy', source, ...TARGET]),
      new Promise(resolve => setTimeout(resolve, 20_000)),
    ])
    const { answers, failed, sent } = await load.stop()

    expect(exitCode, stderr).toBe(0)
    expect(failed).toEqual([])
    expect(sent).toBeGreaterThan(3900)
    expect([...answers.keys()].some(body => body.includes('2.0.0'))).toBe(true)
  })

  it('keeps the old release and loses no request when the new one never gets healthy', async () => {
    const before = readFileSync(join(source, 'server.js'), 'utf8')
    writeFileSync(join(source, 'server.js'), "console.log('cannot find the answer')\nprocess.exit(3)\n")
    const load = startLoad(`${url}health`, 200)

    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, ...TARGET])
    const { answers, failed } = await load.stop()
    writeFileSync(join(source, 'server.js'), before)

    expect(failed).toEqual([])
    expect(exitCode).toBe(7)
    expect(stdout + stderr).toContain('health')
    expect(stdout + stderr).toContain('cannot find the answer')
    expect([...answers.keys()].every(body => body.includes('2.0.0'))).toBe(true)
  })

  it('goes on answering and logging while the platform is dead, and reads both back', async () => {
    process.kill(await workspace.platformPid(), 'SIGKILL')

    for (let request = 0; request < 20; request++) expect((await get(`${url}while-dead-${request}`)).status).toBe(404)
    const { exitCode, stdout } = await workspace.aloft([
      'logs',
      ...TARGET,
      '--source',
      'access',
      '--lines',
      '500',
      '--search',
      'while-dead',
    ])

    expect(exitCode).toBe(0)
    for (let request = 0; request < 20; request++) expect(stdout.split(`while-dead-${request} `).length - 1).toBe(1)
    expect(await readServices()).toMatchObject([{ ready: 1 }, { ready: 1 }])
  })

  it('loses no request when one of two instances is killed, and gets it back', async () => {
    expect((await workspace.aloft(['scale', 'guestbook=2', ...TARGET])).exitCode).toBe(0)
    const [web] = await readServices()
    const victim = web?.instances[0]?.pid ?? 0
    const load = startLoad(`${url}health`, 100)
    await new Promise(resolve => setTimeout(resolve, 500))

    process.kill(victim, 'SIGKILL')
    await until('the instance is back', async () => {
      const [now] = await readServices()
      return now?.ready === 2 && now.instances.every(({ pid }) => pid !== victim)
    })

    expect((await load.stop()).failed).toEqual([])
  })

  it('comes back when its keeper is killed, with nothing running twice', async () => {
    const keeper = findProcess('keeper/main', `--environment=${environment}`)
    const before = (await readServices()).flatMap(({ instances }) => instances.map(({ pid }) => pid))

    process.kill(keeper, 'SIGKILL')
    await until('the service answers again', async () => {
      const now = (await readServices()).flatMap(({ instances }) => instances)
      return (
        now.length === before.length &&
        now.every(({ pid, state }) => state === 'ready' && !before.includes(pid)) &&
        (await get(`${url}health`)).status === 200
      )
    })

    expect(before.filter(pid => pid === undefined || isRunning(pid))).toEqual([])
  })

  it('comes back when the edge is killed', async () => {
    const killed = findProcess('edge/node/main', workspace.home)
    process.kill(killed, 'SIGKILL')

    await until('the edge answers again', async () => (await get(`${url}health`)).status === 200)

    expect(findProcess('edge/node/main', workspace.home)).not.toBe(killed)
  })

  it('goes back to the deployment before, with the data that was written meanwhile', async () => {
    appendFileSync(join(source, 'public-note.txt'), 'another tree')
    setVersion(source, '3.0.0')
    expect((await workspace.aloft(['deploy', source, ...TARGET])).exitCode).toBe(0)
    expect((await get(`${url}health`)).body).toContain('3.0.0')

    const { exitCode, stderr } = await workspace.aloft(['rollback', ...TARGET])

    expect(exitCode, stderr).toBe(0)
    expect((await get(`${url}health`)).body).toContain('2.0.0')
  })

  it('follows a detached deploy to its end by its id', async () => {
    setVersion(source, '4.0.0')
    const started = z.parse(activity, await workspace.json(['deploy', source, ...TARGET, '--no-wait']))

    const { exitCode, stdout } = await workspace.aloft(['activities', 'log', started.id])
    const shown = z.parse(activity, await workspace.json(['activities', 'show', started.id]))

    expect(exitCode).toBe(0)
    expect(stdout).not.toBe('')
    expect(shown).toMatchObject({ result: 'success', state: 'finished' })
  })

  async function readServices() {
    return z.parse(services, await workspace.json(['services', ...TARGET]))
  }
})

function setVersion(directory: string, version: string): void {
  const file = join(directory, 'package.json')
  writeFileSync(
    file,
    JSON.stringify({ ...z.parse(z.record(z.string(), z.unknown()), JSON.parse(readFileSync(file, 'utf8'))), version }),
  )
}
