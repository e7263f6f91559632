import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get, startLoad } from '../helpers/load.ts'
import { postgresql } from '../../src/lib/platform/services/postgresql.ts'
import { type NpmRegistry, startNpmRegistry } from '../helpers/npm-registry.ts'
import { findProcess, isRunning } from '../helpers/processes.ts'
import { urlOf } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const PROJECT = ['--project', 'guestbook']
const TARGET = [...PROJECT, '--environment', 'main']
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

const entries = z.object({
  entries: z.array(z.object({ author: z.string(), id: z.string(), message: z.string() })),
  hidden: z.number(),
})

const located = await postgresql.locate()
const missing = located.found ? '' : ` (skipped: PostgreSQL is not installed: ${located.packages.join(', ')})`

describe.skipIf(!located.found)(`the guestbook on the embedded platform${missing}`, () => {
  let registry: NpmRegistry
  let workspace: Workspace
  let source: string
  let url: string
  let environment: string

  beforeAll(async () => {
    registry = await startNpmRegistry()
    workspace = createWorkspace(registry.environment)
    source = workspace.example('guestbook')
  })
  afterAll(async () => {
    await workspace?.close()
    await registry?.close()
  })

  it('is built, started and served by one command, without a login', async () => {
    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, ...TARGET])

    expect(stderr + stdout).toContain('build')
    expect(exitCode, stderr).toBe(0)
    const shown = z.parse(
      z.object({ id: z.string(), urls: z.array(z.string()) }),
      await workspace.json(['environments', 'show', 'main', ...PROJECT]),
    )
    environment = shown.id
    url = await urlOf(workspace, 'guestbook')
    expect(await get(`${url}health`)).toMatchObject({ status: 200 })
    expect((await get(shown.urls[0] ?? '')).body).toContain('Guestbook')
  })

  it('keeps entries in its database, which the worker moderates', async () => {
    expect(await sign({ author: 'Ada', message: 'Hello <b>you</b>' })).toBe(201)
    expect(await sign({ author: 'Bot', message: 'casino' })).toBe(201)
    expect(await sign({ author: '' })).toBe(400)

    await until('the moderator hid one', async () => (await readEntries()).hidden === 1)
    expect((await readEntries()).entries).toMatchObject([
      { author: 'Ada', message: 'Hello <b>you</b>' },
      { author: 'Bot', message: 'hidden' },
    ])
    expect((await get(url)).body).toContain('Hello &lt;b&gt;you&lt;/b&gt;')
  })

  it('gives its entries to an environment that is made from it', async () => {
    const made = await workspace.json(['environments', 'create', 'copy', '-p', 'guestbook', '--parent', 'main'])

    const { urls } = z.parse(z.object({ urls: z.array(z.string()) }), made)
    const address = urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''
    const copied = z.parse(entries, JSON.parse((await get(`${address}entries.json`)).body))
    expect(copied).toEqual(await readEntries())
    await workspace.json(['environments', 'delete', 'copy', '-p', 'guestbook', '--confirm', 'copy', '--no-backup'])
  })

  it('reuses the build when nothing changed, and keeps the database', async () => {
    const { stdout } = await workspace.aloft(['deploy', source, ...TARGET, '--dry-run'])

    expect(stdout).toContain('reuse the build')
    expect(stdout).toMatch(/services\tdb\tkeep/)
  })

  it('shows the password of its database nowhere', async () => {
    const { stdout } = await workspace.aloft(['exec', 'guestbook', ...TARGET, '--', 'printenv', 'DATABASE_PASSWORD'])
    const password = stdout.trim()
    const shown = [
      await workspace.aloft(['deploy', source, ...TARGET, '--dry-run', '--json']),
      await workspace.aloft(['services', ...TARGET, '--json']),
      await workspace.aloft(['variables', ...TARGET, '--json']),
      await workspace.aloft(['logs', ...TARGET, '-n', '500', '--json']),
    ]

    expect(password).toMatch(/^\S{20,}$/)
    for (const result of shown) expect(result.stdout + result.stderr).not.toContain(password)
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
    expect((await readServices()).map(({ name, ready }) => [name, ready])).toEqual([
      ['guestbook', 1],
      ['moderator', 1],
      ['db', 1],
    ])
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

  it('comes back when its keeper is killed, with nothing running twice and nothing lost', async () => {
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
    await until('the database answers again', async () => (await get(`${url}entries.json`)).status === 200)
    expect((await readEntries()).entries).toHaveLength(2)
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
    expect(await sign({ author: 'Eve', message: 'Written on version 3' })).toBe(201)

    const { exitCode, stderr } = await workspace.aloft(['rollback', ...TARGET])

    expect(exitCode, stderr).toBe(0)
    expect((await get(`${url}health`)).body).toContain('2.0.0')
    expect((await readEntries()).entries.map(({ author }) => author)).toEqual(['Ada', 'Bot', 'Eve'])
  })

  it('keeps its entries when its database is started anew', async () => {
    const before = await readEntries()
    expect((await workspace.aloft(['restart', 'db', ...TARGET])).exitCode).toBe(0)

    expect(
      await until('it answers', async () => (await get(`${url}entries.json`)).status === 200 && readEntries()),
    ).toEqual(before)
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

  it('is back with all of its entries when it was destroyed, from its backup', async () => {
    const before = await readEntries()
    const made = z.parse(activity, await workspace.json(['backup', ...TARGET]))
    const backup = String(made.output?.['backup'])
    expect((await workspace.aloft(['backup', 'verify', backup])).exitCode).toBe(0)

    expect((await workspace.aloft(['environments', 'delete', 'main', ...PROJECT, '--confirm', 'main'])).exitCode).toBe(
      0,
    )
    expect((await workspace.aloft(['deploy', source, ...TARGET])).exitCode).toBe(0)
    url = await urlOf(workspace, 'guestbook')
    expect((await readEntries()).entries).toEqual([])
    const { exitCode, stderr, stdout } = await workspace.aloft(['restore', backup, '--confirm', 'main'])

    expect(exitCode, stdout + stderr).toBe(0)
    expect(before.entries).toHaveLength(3)
    await until('it answers', async () => (await get(`${url}entries.json`)).status === 200)
    expect(await readEntries()).toEqual(before)
  })

  async function sign(entry: Readonly<Record<string, string>>): Promise<number> {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(`${url}entries`, { body: JSON.stringify(entry), headers, method: 'POST' })).status
  }

  async function readEntries() {
    return z.parse(entries, JSON.parse((await get(`${url}entries.json`)).body))
  }

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
