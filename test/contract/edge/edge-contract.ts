import type { ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { Edge } from '../../../src/lib/platform/edge/port.ts'
import type { Layout } from '../../../src/lib/platform/layout.ts'
import { until } from '../../helpers/until.ts'
import { ask, steadyLoad } from './client.ts'
import { config, HOST, route, site, temporaryLayout, upstream } from './fixture.ts'
import { startUpstream, textOf } from './upstreams.ts'

/** What every edge has to do. */
export function edgeContract(createEdge: (layout: Layout) => Edge): void {
  const start = async () => {
    const layout = await temporaryLayout()
    return { edge: createEdge(layout), layout }
  }

  describe('an edge', () => {
    it('chooses the site by host, whatever its case and port, and tells strangers nothing', async () => {
      const { edge, layout } = await start()
      const [one, two] = [await startUpstream('one'), await startUpstream('two')]
      const { httpPort } = await edge.apply(
        config(
          site(layout, [route(upstream([one.address]))]),
          site(layout, [route(upstream([two.address]))], { host: `*.${HOST}` }),
        ),
      )
      expect(await ask(httpPort)).toMatchObject({ body: 'one', status: 200 })
      expect(await ask(httpPort, { host: `SHOP-Main.localhost:${httpPort}` })).toMatchObject({ body: 'one' })
      expect(await ask(httpPort, { host: `a.${HOST}` })).toMatchObject({ body: 'two' })
      const unknown = await ask(httpPort, { host: 'other.localhost' })
      expect(unknown.status).toBe(404)
      expect(unknown.body).not.toContain('shop')
    })

    it('chooses the route with the longest path, at segment boundaries', async () => {
      const { edge, layout } = await start()
      const [root, api] = [await startUpstream('root'), await startUpstream('api')]
      const { httpPort } = await edge.apply(
        config(site(layout, [route(upstream([root.address])), route(upstream([api.address]), '/api')])),
      )
      const bodies = await Promise.all(
        ['/', '/api', '/api/x?y=1', '/apix'].map(async path => (await ask(httpPort, { path })).body),
      )
      expect(bodies).toEqual(['root', 'api', 'api', 'root'])
      expect(api.requests.map(({ url = '' }) => url).toSorted((a, b) => a.length - b.length)).toEqual([
        '/api',
        '/api/x?y=1',
      ])
    })

    it('answers on the port of a site, but not for a stranger’s name', async () => {
      const { edge, layout } = await start()
      const web = await startUpstream('web')
      const free = await startUpstream('free')
      free.kill()
      const port = Number(free.address.split(':')[1])
      await edge.apply(config(site(layout, [route(upstream([web.address]))], { httpsOnly: true, port })))
      expect(await ask(port, { host: `127.0.0.1:${port}` })).toMatchObject({ body: 'web', status: 200 })
      expect(await ask(port, { host: 'evil.example.com' })).toMatchObject({ status: 421 })
      await edge.apply(config(site(layout, [route(upstream([web.address]))])))
      await expect(ask(port)).rejects.toThrow('ECONNREFUSED')
    })

    it('says who asked, replacing what the client says', async () => {
      const { edge, layout } = await start()
      const web = await startUpstream('web', (request, response) => response.end(JSON.stringify(request.headers)))
      const { httpPort } = await edge.apply(config(site(layout, [route(upstream([web.address]))])))
      const { body, headers } = await ask(httpPort, {
        headers: { Connection: 'close, X-Drop', 'X-Drop': '1', 'X-Forwarded-For': '6.6.6.6', 'X-Request-Id': 'req-7' },
      })
      expect(JSON.parse(body)).toMatchObject({
        host: HOST,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': HOST,
        'x-forwarded-port': String(httpPort),
        'x-forwarded-proto': 'http',
        'x-request-id': 'req-7',
      })
      expect(body).not.toContain('x-drop')
      expect(headers['x-request-id']).toBe('req-7')
    })

    it('redirects single paths, whole routes and plain HTTP', async () => {
      const { edge, layout } = await start()
      const web = await startUpstream('web')
      const redirects = [
        { appendSuffix: true, code: 302, path: '/old', prefix: true, regexp: false, to: '/new' },
        { appendSuffix: false, code: 308, path: '^/p/(.*)$', prefix: false, regexp: true, to: 'https://x.test/$1' },
      ] as const
      const { httpPort, httpsPort } = await edge.apply(
        config(
          site(layout, [route(upstream([web.address]), '/', redirects)]),
          site(layout, [route(upstream([web.address]))], { host: 'secure.localhost', httpsOnly: true }),
          site(
            layout,
            [{ path: '/', redirects: [], target: { code: 301, kind: 'redirect', to: `https://${HOST}/` } }],
            { host: `www.${HOST}` },
          ),
        ),
      )
      const whereTo = async (path: string, host = HOST) => {
        const { headers, status } = await ask(httpPort, { host, path })
        return `${status} ${headers.location}`
      }
      expect(await whereTo('/old/a?b=c')).toBe('302 /new/a?b=c')
      expect(await whereTo('/older')).toBe('200 undefined')
      expect(await whereTo('/p/q')).toBe('308 https://x.test/q')
      expect(await whereTo('/x?y', 'secure.localhost')).toBe(`301 https://secure.localhost:${httpsPort}/x?y`)
      expect(await whereTo('/x?y', `www.${HOST}`)).toBe(`301 https://${HOST}:${httpsPort}/x?y`)
    })

    it('serves HTTPS with certificates of its own CA', async () => {
      const { edge, layout } = await start()
      const web = await startUpstream('web', (request, response) =>
        response.end(String(request.headers['x-forwarded-proto'])),
      )
      const { httpsPort } = await edge.apply(
        config(
          site(layout, [route(upstream([web.address]))]),
          site(layout, [route(upstream([web.address]))], { host: `*.${HOST}` }),
        ),
      )
      const ca = await edge.certificateAuthority()
      expect(await ask(httpsPort, { ca })).toMatchObject({ body: 'https', status: 200 })
      expect(await ask(httpsPort, { ca, host: `a.${HOST}` })).toMatchObject({ body: 'https', status: 200 })
      await expect(ask(httpsPort, { ca, host: 'unknown.localhost' })).rejects.toThrow(/altnames/)
      await expect(ask(httpsPort, { ca: await otherAuthority() })).rejects.toThrow(/certificate/)
    })

    it('shares requests by weight and keeps them from weight 0', async () => {
      const { edge, layout } = await start()
      const [one, two, none] = [await startUpstream('1'), await startUpstream('2'), await startUpstream('0')]
      const endpoints = [
        { address: one.address, weight: 1 },
        { address: two.address, weight: 2 },
        { address: none.address, weight: 0 },
      ]
      const { httpPort } = await edge.apply(config(site(layout, [route(upstream([], { endpoints }))])))
      for (let i = 0; i < 9; i++) await ask(httpPort)
      expect([one, two, none].map(({ requests }) => requests.length)).toEqual([3, 6, 0])
    })

    it('keeps a client at one endpoint when sticky', async () => {
      const { edge, layout } = await start()
      const [one, two] = [await startUpstream('one'), await startUpstream('two')]
      const { httpPort } = await edge.apply(
        config(site(layout, [route(upstream([one.address, two.address], { sticky: true }))])),
      )
      const first = await ask(httpPort)
      const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
      expect(cookie).not.toBe('')
      for (let i = 0; i < 5; i++) {
        const again = await ask(httpPort, { headers: { Cookie: `a=b; ${cookie}` } })
        expect(again.body).toBe(first.body)
        expect(again.headers['set-cookie']).toBeUndefined()
      }
    })

    it('loses no idempotent request when an endpoint dies', async () => {
      const { edge, layout } = await start()
      const [one, two] = [await startUpstream('one', slowly('one')), await startUpstream('two', slowly('two'))]
      const { httpPort } = await edge.apply(config(site(layout, [route(upstream([one.address, two.address]))])))
      const load = steadyLoad(httpPort, 200)
      await until('both answer', () => one.requests.length > 50 && two.requests.length > 50)
      one.kill()
      const before = two.requests.length
      await until('the other one takes all', () => two.requests.length > before + 400)
      const { failed, sent } = await load.stop()
      expect(failed).toEqual([])
      expect(sent).toBeGreaterThan(400)
    })

    it('repeats a request with a body when the endpoint refuses it', async () => {
      const { edge, layout } = await start()
      const gone = await startUpstream('gone')
      gone.kill()
      const web = await startUpstream('web', (request, response) => request.pipe(response))
      const { httpPort } = await edge.apply(config(site(layout, [route(upstream([gone.address, web.address]))])))
      for (let i = 0; i < 3; i++)
        expect(await ask(httpPort, { body: `body ${i}`, method: 'POST' })).toMatchObject({ body: `body ${i}` })
    })

    it('waits for an instance that restarts, and names the service when none comes', async () => {
      const { edge, layout } = await start()
      const first = await startUpstream('first')
      const port = Number(first.address.split(':')[1])
      const { httpPort } = await edge.apply(config(site(layout, [route(upstream([first.address]))])))
      expect(await ask(httpPort)).toMatchObject({ body: 'first' })
      first.kill()
      const waiting = ask(httpPort, { body: 'x', method: 'POST' })
      await delay(300)
      await startUpstream('second', undefined, { port })
      expect(await waiting).toMatchObject({ body: 'second', status: 200 })
      await edge.apply(config(site(layout, [route(upstream([]))])))
      const none = await ask(httpPort)
      expect(none.status).toBe(503)
      expect(none.body).toContain('web')
    })

    it('switches under load without a failed request', async () => {
      const { edge, layout } = await start()
      const [one, two] = [await startUpstream('one'), await startUpstream('two')]
      const { httpPort } = await edge.apply(config(site(layout, [route(upstream([one.address]))])))
      const load = steadyLoad(httpPort, 200)
      for (let i = 1; i <= 10; i++) {
        await edge.apply(config(site(layout, [route(upstream([i % 2 ? two.address : one.address]))])))
        await delay(50)
      }
      await edge.apply(config(site(layout, [route(upstream([two.address]))])))
      await edge.drain([one.address], 5000)
      one.kill()
      await delay(200)
      expect((await load.stop()).failed).toEqual([])
    })

    it('holds requests and lets them go on, to where the configuration leads then', async () => {
      const { edge, layout } = await start()
      const [one, two] = [await startUpstream('one'), await startUpstream('two')]
      const { httpPort } = await edge.apply(config(site(layout, [route(upstream([one.address]))], { held: true })))
      const waiting = Promise.all([ask(httpPort), ask(httpPort, { body: 'x', method: 'POST' })])
      const gone = new AbortController()
      const given = ask(httpPort, { signal: gone.signal }).catch(() => 'given up')
      await delay(200)
      expect(one.requests).toEqual([])
      gone.abort()
      expect(await given).toBe('given up')
      await edge.apply(config(site(layout, [route(upstream([two.address]))], { held: true })))
      await edge.apply(config(site(layout, [route(upstream([two.address]))])))
      expect((await waiting).map(({ body }) => body)).toEqual(['two', 'two'])
      expect(two.requests).toHaveLength(2)
    })

    it('gives up holding after the time that is set', async () => {
      const { edge, layout } = await start()
      const web = await startUpstream('web')
      const held = site(layout, [route(upstream([web.address]))], { held: true, holdMs: 100 })
      const { httpPort } = await edge.apply(config(held))
      const { headers, status } = await ask(httpPort)
      expect(status).toBe(503)
      expect(headers['retry-after']).toBeDefined()
    })

    it('drains: waits for what is in flight, and tells how much that is', async () => {
      const { edge, layout } = await start()
      let finish: (() => void) | undefined
      const slow = await startUpstream('slow', (_, response) => {
        finish = () => response.end('late')
      })
      const other = await startUpstream('other')
      const { httpPort } = await edge.apply(config(site(layout, [route(upstream([slow.address]))])))
      const waiting = ask(httpPort)
      await until('the request is there', () => finish)
      await edge.apply(config(site(layout, [route(upstream([other.address]))])))
      expect((await edge.status()).inFlight).toEqual({ [slow.address]: 1 })
      const drained = edge.drain([slow.address], 10_000)
      expect(await Promise.race([drained, delay(200, 'still')])).toBe('still')
      finish?.()
      await drained
      expect(await waiting).toMatchObject({ body: 'late' })
      expect(await ask(httpPort)).toMatchObject({ body: 'other' })
    })

    it('passes WebSockets through and closes them after a drain that took too long', async () => {
      const { edge, layout } = await start()
      const [one, two] = [await startUpstream('one'), await startUpstream('two')]
      const { httpPort, httpsPort } = await edge.apply(config(site(layout, [route(upstream([one.address]))])))
      const ca = await edge.certificateAuthority()
      const plain = await openWebSocket(`ws://127.0.0.1:${httpPort}/chat`)
      const secure = await openWebSocket(`wss://127.0.0.1:${httpsPort}/chat`, ca)
      expect(await echo(plain, 'hello')).toBe('one: hello')
      expect(await echo(secure, 'x'.repeat(200_000))).toHaveLength(200_005)
      expect(one.requests).toEqual([])
      await edge.apply(config(site(layout, [route(upstream([two.address]))])))
      const closed = Promise.all(
        [plain, secure].map(socket => new Promise(resolve => socket.once('close', code => resolve(code)))),
      )
      await edge.drain([one.address], 100)
      expect(await closed).toEqual([1001, 1001])
      await expect(openWebSocket(`ws://127.0.0.1:${httpPort}/`, undefined, 'x.localhost')).rejects.toThrow('404')
    })
  })
}

const slowly =
  (answer: string) =>
  (_: unknown, response: ServerResponse): void =>
    void setTimeout(() => response.end(answer), 5)

function openWebSocket(url: string, ca?: string, host = HOST): Promise<WebSocket> {
  const options = { headers: { Host: host }, servername: host }
  const socket = new WebSocket(url, ca ? { ...options, ca } : options)
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    socket.once('error', reject)
  })
}

function echo(socket: WebSocket, text: string): Promise<string> {
  return new Promise(resolve => {
    socket.once('message', data => resolve(textOf(data)))
    socket.send(text)
  })
}

async function otherAuthority(): Promise<string> {
  const { openAuthority } = await import('../../../src/lib/platform/edge/node/certificates/authority.ts')
  const { mkdir } = await import('node:fs/promises')
  const { edge } = await temporaryLayout()
  await mkdir(edge, { recursive: true })
  return (await openAuthority(edge, Date.now())).pem
}
