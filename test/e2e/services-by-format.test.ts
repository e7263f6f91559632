import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { findServiceType } from '../../src/lib/platform/services/catalogue.ts'
import { get } from '../helpers/load.ts'
import { urlOf, writeFiles } from '../helpers/small-app.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

/** Answers with what its services say to a connection: by their names in `ADDRESSES`, and by the URL in `REDIS_URL`. */
const SERVER = `const { connect } = require('node:net')
const hello = (host, port, send) => new Promise(resolve => {
  const socket = connect(port, host, () => send && socket.write(send))
  socket.once('data', data => { resolve(data.toString('latin1')); socket.destroy() }).once('error', error => resolve(error.code))
})
require('node:http').createServer(async (request, response) => {
  const { DATABASE_SERVICE_HOST, DATABASE_SERVICE_PORT, DB_PASSWORD, LCP_SECRET_DATABASE_PASSWORD, REDIS_URL } = process.env
  const redis = REDIS_URL && new URL(REDIS_URL)
  response.end(JSON.stringify({
    database: DATABASE_SERVICE_HOST && await hello(DATABASE_SERVICE_HOST, DATABASE_SERVICE_PORT),
    hasSecret: DB_PASSWORD !== undefined && DB_PASSWORD.length > 20 && DB_PASSWORD === LCP_SECRET_DATABASE_PASSWORD,
    redis: redis && await hello(redis.hostname, redis.port, 'AUTH ' + decodeURIComponent(redis.password) + '\\r\\nPING\\r\\n'),
  }))
}).listen(process.env.PORT)
`

/** Runs the statements of a request by the client of its database, as the user whose secrets it asks for. */
const SQL_SERVER = `const { execFile } = require('node:child_process')
const { DATABASE_SERVICE_HOST: host, DATABASE_SERVICE_PORT: port, LCP_SECRET_DATABASE_NAME: name } = process.env
const { DATABASE_SCHEME, MASTER, MASTER_PASSWORD, READER, READER_PASSWORD } = process.env
require('node:http').createServer((request, response) => {
  const asked = new URL(request.url, 'http://api').searchParams
  const [user, password] = asked.get('as') === 'reader' ? [READER, READER_PASSWORD] : [MASTER, MASTER_PASSWORD]
  const mariadb = ['--no-defaults', '-BN', '-h', host, '-P', port, '-u', user, name, '-e']
  const psql = ['-XqAt', '-h', host, '-p', port, '-U', user, '-d', name, '-c']
  const env = { ...process.env, MYSQL_PWD: password, PGPASSWORD: password }
  const [client, args] = DATABASE_SCHEME === 'pgsql' ? ['psql', psql] : ['mariadb', mariadb]
  execFile(client, [...args, asked.get('sql')], { env }, (error, stdout, stderr) => response.end(
    JSON.stringify({ error: error && stderr, password, rows: stdout.trim() }),
  ))
}).listen(process.env.PORT)
`
const sqlAnswer = z.object({ error: z.nullable(z.string()), password: z.string(), rows: z.string() })

const answer = z.object({ database: z.optional(z.string()), hasSecret: z.boolean(), redis: z.optional(z.string()) })

describe('managed services of formats that do not list them', () => {
  let workspace: Workspace

  beforeAll(() => {
    workspace = createWorkspace()
  })
  afterAll(() => workspace?.close())

  it('an LCP.json with the image of the database is one, which what depends on it reaches with its secrets', async context => {
    await needs('mysql', context.skip)
    const log = await deploy('lcp', {
      'api/LCP.json': JSON.stringify({
        dependencies: ['database'],
        env: { DB_PASSWORD: '@lcp-secret-database-password' },
        id: 'api',
        loadBalancer: { targetPort: 8080 },
      }),
      'api/package.json': '{"scripts":{"start":"node server.js"}}',
      'api/server.js': SERVER,
      'backup/LCP.json': '{"id":"backup","image":"liferaycloud/backup:5.0.0","dependencies":["database"]}',
      'database/LCP.json': '{"id":"database","image":"liferaycloud/database:5.8.0"}',
    })

    expect(log).toContain('liferaycloud/backup:5.0.0 is not run: backups are made by the platform itself')
    const { database, hasSecret } = await ask('lcp')
    expect(database).toContain('MariaDB')
    expect(hasSecret).toBe(true)
  })

  it.for([
    { tag: '5.8.0', type: 'mysql' },
    { tag: 'postgresql-5.8.0', type: 'postgresql' },
  ])(
    'its secrets have a user that reads what the other writes ($type), and cannot write',
    async ({ tag, type }, context) => {
      await needs(type, context.skip)
      const said = await deploy(type, {
        'api/LCP.json': JSON.stringify({
          dependencies: ['database'],
          env: {
            MASTER: '@lcp-secret-database-user',
            MASTER_PASSWORD: '@lcp-secret-database-password',
            READER: '@lcp-secret-database-readonly-user',
            READER_PASSWORD: '@lcp-secret-database-readonly-user-password',
          },
          id: 'api',
          loadBalancer: { targetPort: 8080 },
        }),
        'api/package.json': '{"scripts":{"start":"node server.js"}}',
        'api/server.js': SQL_SERVER,
        'database/LCP.json': JSON.stringify({ id: 'database', image: `liferaycloud/database:${tag}` }),
      })

      const made = await sql(type, 'master', 'CREATE TABLE made (a int); INSERT INTO made VALUES (7)')
      const read = await sql(type, 'reader', 'SELECT a FROM made')
      const written = await sql(type, 'reader', 'INSERT INTO made VALUES (8)')

      expect(made.error).toBeNull()
      expect(read).toMatchObject({ error: null, rows: '7' })
      expect(written.error).toMatch(/denied/)
      expect(read.password).not.toBe(made.password)
      const shown = [said, ...(await showAll(type))].join('\n')
      for (const { password } of [made, read]) expect(shown).not.toContain(password)
    },
  )

  it('an add-on of app.json is one, which the application finds by its usual address', async context => {
    await needs('redis-persistent', context.skip)
    const log = await deploy('addon', {
      'app.json': '{"addons":["heroku-redis:mini"]}',
      'package.json': '{"scripts":{"start":"node server.js"}}',
      'server.js': SERVER,
    })

    expect(log).toContain('app.json has the add-on heroku-redis: Redis is added as "redis"')
    expect((await ask('addon')).redis).toMatch(/^\+OK\r\n/)
  })

  async function deploy(project: string, files: Readonly<Record<string, string>>): Promise<string> {
    const source = writeFiles(workspace, project, files)
    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, '-p', project, '-e', 'main'])
    expect(exitCode, stdout + stderr).toBe(0)
    return stdout + stderr
  }

  async function sql(project: string, as: 'master' | 'reader', statements: string) {
    const asked = new URLSearchParams({ as, sql: statements }).toString()
    return z.parse(sqlAnswer, JSON.parse((await get(`${await urlOf(workspace, project)}?${asked}`)).body))
  }

  /** What commands print of an environment, for people and for programs. */
  async function showAll(project: string): Promise<string[]> {
    const shown: string[] = []
    for (const command of ['services', 'variables', 'activities', 'logs'])
      for (const more of [[], ['--json']]) {
        const { exitCode, stderr, stdout } = await workspace.aloft([command, '-p', project, '-e', 'main', ...more])
        expect(exitCode, stdout + stderr).toBe(0)
        shown.push(stdout, stderr)
      }
    return shown
  }

  async function ask(project: string) {
    return z.parse(answer, JSON.parse((await get(await urlOf(workspace, project))).body))
  }
})

async function needs(type: string, skip: (reason: string) => void): Promise<void> {
  const located = await findServiceType(type)?.locate()
  if (!located?.found) skip(`not installed: ${located?.packages.join(', ')}`)
}
