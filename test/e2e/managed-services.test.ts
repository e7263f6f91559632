import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { checkTcp } from '../../src/lib/platform/engine/process/keeper/probe-check.ts'
import { postgresql } from '../../src/lib/platform/services/postgresql.ts'
import { get } from '../helpers/load.ts'
import { findProcesses } from '../helpers/processes.ts'
import { APP_TARGET, urlOf, writeFiles } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

/** Each request is a row; the answer is how many there are. */
const SERVER = `
const { execFileSync } = require('node:child_process')
const sql = 'INSERT INTO visits DEFAULT VALUES; SELECT count(*) FROM visits'
require('node:http').createServer((request, response) => {
  try {
    response.end(execFileSync('psql', ['--quiet', '-tAc', sql, process.env.DATABASE_URL]))
  } catch (error) {
    response.writeHead(500).end(error.stderr)
  }
}).listen(process.env.PORT)
`
const FILES = {
  'aloft.yaml': `
applications:
  web:
    type: nodejs:24
    build: {flavor: none}
    relationships: {database: 'db:postgresql'}
    hooks: {deploy: 'psql "$DATABASE_URL" -c "CREATE TABLE IF NOT EXISTS visits (id serial)"'}
    web: {commands: {start: node server.js}}
services: {db: {type: postgresql}}
routes:
  http://{default}/: {type: upstream, upstream: 'web:http'}
`,
  'server.js': SERVER,
}
const { found: hasPostgresql } = await postgresql.locate()
const tunnelEvent = z.object({ connections: z.array(z.object({ url: z.string() })), port: z.number() })
const services = z.array(
  z.object({
    address: z.optional(z.string()),
    instances: z.array(z.object({ startedAt: z.string() })),
    kind: z.string(),
    name: z.string(),
    ready: z.number(),
    type: z.string(),
  }),
)

describe.skipIf(!hasPostgresql)(
  `an application with a database${hasPostgresql ? '' : ' (no PostgreSQL on this machine)'}`,
  () => {
    let workspace: Workspace
    let source: string
    let url: string

    beforeAll(async () => {
      workspace = createWorkspace()
      source = writeFiles(workspace, 'app', FILES)
      await workspace.json(['deploy', source, ...APP_TARGET])
      url = await urlOf(workspace, 'app')
    })
    afterAll(() => workspace?.close())

    it('reaches it by name from its hook and its instances', async () => {
      expect(await visit()).toBe('1')
      expect(await database()).toMatchObject({
        address: expect.stringMatching(/^127\..*:\d+$/),
        kind: 'managed',
        ready: 1,
        type: expect.stringMatching(/^postgresql:\d/),
      })
    })

    it('keeps it running through a redeploy', async () => {
      const before = await database()
      await workspace.json(['deploy', source, ...APP_TARGET])

      expect(await database()).toEqual(before)
      expect(await visit()).toBe('2')
    })

    it('keeps its rows when it is restarted, and when platform and keepers are killed', async () => {
      const before = await database()
      await workspace.json(['restart', 'db', ...APP_TARGET])
      expect((await database())?.instances).not.toEqual(before?.instances)
      expect(await visit()).toBe('3')

      process.kill(await workspace.platformPid(), 'SIGKILL')
      for (const pid of findProcesses('keeper/main', workspace.home)) process.kill(pid, 'SIGKILL')
      await workspace.aloft(['platform', 'start'])
      await until('it answers again', async () => (await get(url)).status === 200, 30_000)
      expect(Number(await visit())).toBeGreaterThan(3)
    })

    it('gives its client, with input, output and exit code', async () => {
      const asked = await db(['shell', ...APP_TARGET, '--', '-tAc', "SELECT 'as ' || current_user"])
      const failed = await db(['shell', ...APP_TARGET, '--', '-v', 'ON_ERROR_STOP=1'], 'SELECT nonsense;\n')

      expect(asked).toMatchObject({ exitCode: 0, stdout: 'as main\n' })
      expect(failed).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('"nonsense" does not exist') })
    })

    it('gives a dump that brings back what was dropped', async () => {
      const file = join(workspace.directory, 'all.sql')
      expect(await db(['dump', ...APP_TARGET, '--out', file])).toMatchObject({ exitCode: 0 })
      expect(readFileSync(file, 'utf8')).toContain('COPY public.visits')

      const piped = await db(['dump', ...APP_TARGET])
      expect(piped.stdout).toContain('COPY public.visits')
      await db(['shell', ...APP_TARGET, '--', '-c', 'DROP TABLE visits'])
      expect((await get(url)).status).toBe(500)
      // the dump has the role too, which is there
      expect(await db(['shell', ...APP_TARGET], piped.stdout)).toMatchObject({ exitCode: 0 })
      expect(Number(await visit())).toBeGreaterThan(3)
    })

    it('is reached at a local port, by several at a time, until the command is interrupted', async () => {
      const tunnel = workspace.start(['tunnel', 'db', ...APP_TARGET, '--show-password', '--json'])
      const [line]: unknown[] = await once(tunnel.stdout ?? tunnel, 'data')
      const { connections, port } = z.parse(tunnelEvent, JSON.parse(String(line)))
      const query = 'SELECT pg_sleep(0.2), count(*) FROM visits'
      const ask = () => promisify(execFile)('psql', ['-tAc', query, connections[0]?.url ?? ''])

      const answers = await Promise.all([ask(), ask(), ask()])
      for (const { stdout } of answers) expect(stdout).toMatch(/^\|\d+\n$/)
      tunnel.kill('SIGINT')
      expect(await once(tunnel, 'exit')).toEqual([0, null])
      expect(await checkTcp({ host: '127.0.0.1', port }, 1000)).toBe(false)
    })

    it('is reached through a tunnel by nobody whose token may only read or deploy', async () => {
      const { token } = z.parse(
        z.object({ token: z.string() }),
        await workspace.json(['tokens', 'create', 'ci', '--scope', 'deploy']),
      )
      const { addresses } = z.parse(
        z.object({ addresses: z.object({ api: z.string() }) }),
        await workspace.json(['platform', 'status']),
      )
      const environment = { ALOFT_ADDRESS: addresses.api, ALOFT_TOKEN: token }

      for (const args of [
        ['tunnel', 'db'],
        ['db', 'dump', 'db'],
      ])
        expect(await workspace.aloft([...args, ...APP_TARGET], { environment })).toMatchObject({
          exitCode: 4,
          stderr: expect.stringContaining('auth.forbidden'),
        })
    })

    it('says what is to be done before a deploy deletes it, and that it did', async () => {
      writeFiles(workspace, 'app', {
        'aloft.yaml': FILES['aloft.yaml'].replace(/ {4}relationships.*\n.*hooks.*\n/, '').replace(/services.*\n/, ''),
      })
      const planned = await workspace.aloft(['deploy', source, ...APP_TARGET, '--dry-run'])
      expect(planned.stderr).toContain('the service db is deleted with its data')

      const { exitCode, stderr } = await workspace.aloft(['deploy', source, ...APP_TARGET])
      expect(exitCode).toBe(0)
      expect(stderr).toContain('the service db was deleted with its data')
      expect(await database()).toBeUndefined()
    })

    function db(args: readonly string[], input = '') {
      return workspace.aloft(['db', ...args], { input })
    }

    async function visit(): Promise<string> {
      return (await get(url)).body.trim()
    }

    async function database() {
      const all = z.parse(services, await workspace.json(['services', ...APP_TARGET]))
      const found = all.find(({ name }) => name === 'db')
      return found && { ...found, instances: found.instances.map(({ startedAt }) => ({ startedAt })) }
    }
  },
)
