import { mkdtempSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { openParts, type Parts } from '../../../src/lib/platform/parts.ts'
import { createApp } from '../../../src/lib/platform/server/app.ts'
import { createAuthenticator } from '../../../src/lib/platform/server/authentication.ts'
import { callDeps } from '../../../src/lib/platform/server/calls/deps.ts'
import { allCalls } from '../../../src/lib/platform/server/calls/all.ts'
import { type Listener, listenOnPort } from '../../../src/lib/platform/server/listen.ts'
import { mountSources } from '../../../src/lib/platform/server/sources.ts'
import { streamRoutes } from '../../../src/lib/platform/server/streams.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'

const TOKEN = 'of-shop'

const notFound = z.object({ error: z.object({ details: z.object({ nearest: z.array(z.string()) }) }) })

interface Answer {
  readonly status: number | undefined
  readonly text: string
}

describe('a token of one project', () => {
  let root: string
  let parts: Parts
  let listener: Listener

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'aloft-scope-'))
    const home = resolveHome({ ALOFT_HOME: join(root, 'home') })
    parts = openParts({ home, log: pino({ level: 'silent' }), version: '0.0.0' })
    const { deps, reader, sources } = parts
    deps.store.tokens.create({ name: 'ci', project: 'shop', scope: 'write', value: TOKEN })
    deps.store.projects.create({ name: 'shops' })
    const calls = { ...callDeps(parts), reader }
    const authenticate = createAuthenticator('ada', value => deps.store.tokens.use(value))
    const facts = {
      addresses: () => ({ api: '', http: '', https: '', socket: '' }),
      home: home.data,
      shutdown: () => undefined,
      startedAt: '',
      version: '0.0.0',
    }
    const app = createApp({
      audit: () => undefined,
      authenticate,
      handlers: allCalls(calls, facts),
      mount: on => mountSources(on, sources),
      onError: error => {
        throw error
      },
      version: '0.0.0',
    })
    const port = await getPort({ host: '127.0.0.1' })
    listener = await listenOnPort(port, { app, audit: () => undefined, authenticate, streams: streamRoutes(calls) })
  })
  afterEach(async () => {
    await listener.close()
    await parts.activities.close(0)
    await parts.deps.engine.close()
    await parts.deps.edge.close()
    parts.audit.close()
    parts.deps.store.close()
    rmSync(root, { force: true, recursive: true })
  })

  it.each(['GET /v1/projects/shop', 'GET /v1/projects/shop/environments/main', 'GET /v1/projects/shop/variables'])(
    'is told by %s of no other project, though the name is near',
    async call => {
      const { status, text } = await ask(call)

      expect(status).toBe(404)
      expect(text).toContain('there is no project')
      expect(text).not.toContain('shops')
    },
  )

  it.each([
    'GET /v1/projects/NAME',
    'DELETE /v1/projects/NAME',
    'POST /v1/projects/NAME/environments/main/deployments',
    'GET /v1/projects/NAME/environments/main/variables',
    `POST /v1/projects/NAME/trees/${'0'.repeat(64)}`,
    `PUT /v1/projects/NAME/trees/${'0'.repeat(64)}`,
    'POST /v1/projects/NAME/blobs',
    'WS /v1/projects/NAME/environments/main/logs',
    'WS /v1/projects/NAME/environments/main/session',
  ])('cannot tell by %s whether another project is there', async call => {
    const there = await ask(call.replace('NAME', 'shops'))
    const absent = await ask(call.replace('NAME', 'shopp'))

    expect(there.status).toBe(403)
    expect(absent.status).toBe(403)
    expect(plain(there.text, 'shops')).toBe(plain(absent.text, 'shopp'))
  })

  it('is told of no activity of another project, though the id is near', async () => {
    const foreign = start('shops')
    const own = start('shop')

    for (const id of [foreign, `${foreign}x`]) {
      const { status, text } = await ask(`GET /v1/activities/${id}`)
      expect(status).toBe(404)
      expect(nearestIn(text)).not.toContain(foreign)
    }
    expect(nearestIn((await ask(`GET /v1/activities/${own}x`)).text)).toEqual([own])
  })

  it('is told that what it sends is not JSON', async () => {
    const { status, text } = await ask(`POST /v1/projects/shop/trees/${'0'.repeat(64)}`, '{')

    expect(status).toBe(400)
    expect(text).toContain('the body is not JSON')
  })

  function start(project: string): string {
    parts.activities.register({
      input: { parse: value => value },
      lanes: () => [],
      run: async () => undefined,
      type: 'nothing',
    })
    return parts.activities.start({
      createdBy: 'test',
      prepare: () => ({ description: 'nothing', input: {} }),
      project,
      type: 'nothing',
    }).id
  }

  function ask(call: string, body = ''): Promise<Answer> {
    const [method = '', path = ''] = call.split(' ')
    const upgrade = method === 'WS' ? { connection: 'Upgrade', upgrade: 'websocket' } : {}
    const headers = { authorization: `Bearer ${TOKEN}`, ...upgrade }
    return new Promise((resolve, reject) => {
      const options = {
        headers,
        host: '127.0.0.1',
        method: method === 'WS' ? 'GET' : method,
        path,
        port: listener.port,
      }
      httpRequest(options, response => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => (text += part))
        response.on('end', () => resolve({ status: response.statusCode, text }))
      })
        .on('error', reject)
        .end(body)
    })
  }
})

/** Without what was asked for and the id of the request. */
function plain(text: string, name: string): string {
  return text.replaceAll(name, 'NAME').replaceAll(/req_\w+/g, 'REQUEST')
}

function nearestIn(text: string): readonly string[] {
  return z.parse(notFound, JSON.parse(text)).error.details.nearest
}
