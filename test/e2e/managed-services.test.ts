import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
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
