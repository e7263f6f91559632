import type { ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import { exchange } from '../../../src/lib/transport/http.ts'
import { readText } from '../../../src/lib/transport/response.ts'
import { createCaller, failureOf, type Library } from './caller.ts'
import { serve } from './servers.ts'

const addressOf = (port: number): string => `http://127.0.0.1:${port}`

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('one ')
  yield Buffer.from('two')
}

/** What holds of every call, whatever library sends it. */
export function exchangeContract(library: Library): void {
  const call = (port: number, options: { token?: string } = {}) =>
    createCaller(library, { url: addressOf(port), ...options })

  describe('an answer', () => {
    test('comes as JSON, and the request went out with method, query, type, token and body', async () => {
      const bodies: string[] = []
      const { port, requests } = await serve((request, response) => {
        request.on('data', chunk => bodies.push(String(chunk)))
        request.on('end', () => response.end('{"ok":true}'))
      })
      const answer = call(port, { token: 'top-secret' }).json({ body: { a: 1 }, method: 'POST', path: '/x?y=z' })
      expect(await answer).toEqual({ ok: true })
      expect(requests[0]).toMatchObject({
        headers: { authorization: 'Bearer top-secret', 'content-type': 'application/json' },
        method: 'POST',
        url: '/x?y=z',
      })
      expect(bodies.join('')).toBe('{"a":1}')
    })

    test('of a form, of bytes and of a stream: each goes out as what it is', async () => {
      const seen: string[] = []
      const { port } = await serve((request, response) => {
        let text = ''
        request.on('data', chunk => (text += String(chunk)))
        request.on('end', () => {
          seen.push(`${request.headers['content-type']} ${text}`)
          response.end()
        })
      })
      for (const body of [new URLSearchParams({ grant: 'a b' }), Buffer.from('bytes'), chunks()])
        expect(await call(port).json({ body, method: 'POST' })).toBeUndefined()
      expect(seen).toEqual(['application/x-www-form-urlencoded grant=a+b', 'undefined bytes', 'undefined one two'])
    })

    test('that is not JSON is named as such, and a log-in page is not taken for an API', async () => {
      const { port, requests } = await serve((_request, response) => {
        response.setHeader('content-type', 'text/html').end('<html>log in</html>')
      })
      expect(await failureOf(call(port).json())).toMatchObject({
        code: 'unavailable.answer',
        message: `${addressOf(port)} answered with something that is not JSON (text/html)`,
      })
      expect(requests).toHaveLength(1)
    })

    test('larger than asked for ends the reading', async () => {
      const { port } = await serve((_request, response) => endlessly(response))
      const { address } = call(port)
      const reading = exchange(address, { method: 'GET', path: '/', signal: new AbortController().signal }, response =>
        readText(response, 100_000),
      )
      expect(await failureOf(reading)).toMatchObject({ code: 'unavailable.answer' })
    })
  })

  describe('a request id', () => {
    test('is sent once for all attempts, and the error has it', async () => {
      const { port, requests } = await serve((_request, response) => response.writeHead(503).end())
      const error = await failureOf(call(port).json())
      const ids = new Set(requests.map(({ headers }) => headers['x-request-id']))
      expect(ids.size).toBe(1)
      expect(error).toMatchObject({ code: 'unavailable.busy', details: { requestId: [...ids][0] } })
    })

    test("of the server's own wins", async () => {
      const { port } = await serve((_request, response) => {
        response.writeHead(500, { 'x-request-id': 'theirs-1' }).end('{"error":{"code":"internal","message":"broken"}}')
      })
      expect(await failureOf(call(port).json())).toMatchObject({
        details: { requestId: 'theirs-1' },
        message: 'broken',
      })
    })

    test('is left out where each byte counts', async () => {
      const { port, requests } = await serve((_request, response) => response.end('{}'))
      await call(port).json({ requestId: 'server' })
      expect(requests[0]?.headers['x-request-id']).toBeUndefined()
    })
  })

  describe('what is repeated', () => {
    test.each([503, 429])('a GET after %i: once, when the time of Retry-After is over', async status => {
      let isReady = false
      // sooner than Retry-After, and later than back-off alone would come back
      setTimeout(() => (isReady = true), 800)
      const { port, requests } = await serve((_request, response) => {
        if (isReady) response.end('{"ok":true}')
        else response.writeHead(status, { 'retry-after': '1' }).end()
      })
      expect(await call(port).json()).toEqual({ ok: true })
      expect(requests).toHaveLength(2)
    })

    test('not a wait longer than the deadline: it fails at once and says how long', async () => {
      const date = new Date(Date.now() + 40_000).toUTCString()
      const { port, requests } = await serve((_request, response) =>
        response.writeHead(503, { 'retry-after': date }).end(),
      )
      const error = await failureOf(call(port).json({ deadlineMs: 30_000 }))
      expect(error).toMatchObject({
        code: 'unavailable.busy',
        suggestions: [expect.stringMatching(/^repeat in \d+ s$/)],
      })
      expect(requests).toHaveLength(1)
    })

    test('a long wait is said, and an abort ends it', async () => {
      const { port } = await serve((_request, response) => response.writeHead(429, { 'retry-after': '20' }).end())
      const caller = call(port)
      const abort = new AbortController()
      const calling = failureOf(caller.json({ signal: abort.signal }))
      await expect.poll(() => caller.told).toEqual([`${addressOf(port)} asks to wait 20 s; trying again then`])
      abort.abort(new Error('enough'))
      expect(await calling).toMatchObject({ message: 'enough' })
    })

    test('a POST only with leave, a stream never', async () => {
      const { port, requests } = await serve((request, response) => {
        request.resume()
        response.writeHead(503).end()
      })
      await failureOf(call(port).json({ body: {}, method: 'POST' }))
      expect(requests).toHaveLength(1)
      await failureOf(call(port).json({ body: {}, method: 'POST', repeatable: true }))
      expect(requests).toHaveLength(5)
      await failureOf(call(port).json({ body: chunks(), method: 'PUT', repeatable: true }))
      expect(requests).toHaveLength(6)
    })

    test('a GET whose answer was cut in the middle', async () => {
      const { port, requests } = await serve((_request, response) => {
        if (requests.length > 1) return void response.end('{"whole":true}')
        response.writeHead(200, { 'content-length': '1000' }).write('{"half":')
        setTimeout(() => response.destroy(), 20)
      })
      expect(await call(port).json()).toEqual({ whole: true })
    })

    test('not what the caller did wrong', async () => {
      const { port, requests } = await serve((_request, response) => response.writeHead(404).end())
      expect(await failureOf(call(port).json())).toMatchObject({ code: 'not-found.endpoint' })
      expect(requests).toHaveLength(1)
    })
  })

  describe('an end', () => {
    const slow: Readonly<Record<string, (response: ServerResponse) => void>> = {
      body: response => void response.writeHead(200).write('{"slow":'),
      headers: () => undefined,
    }
    test.each(Object.keys(slow))('comes with the deadline when the %s do not', async part => {
      const { port } = await serve((_request, response) => slow[part]?.(response))
      expect(await failureOf(call(port).json({ deadlineMs: 150 }))).toMatchObject({
        code: 'unavailable.timeout',
        details: { requestId: expect.stringMatching(/^req_/) },
      })
    })

    test.each(Object.keys(slow))('comes with an abort while %s are awaited, with its reason', async part => {
      const { port, requests } = await serve((_request, response) => slow[part]?.(response))
      const abort = new AbortController()
      const calling = failureOf(call(port).json({ signal: abort.signal }))
      await expect.poll(() => requests.length).toBe(1)
      abort.abort(new Error('enough'))
      expect(await calling).toMatchObject({ message: 'enough' })
    })

    test('comes when nobody listens', async () => {
      const { port, server } = await serve(() => undefined)
      await new Promise(resolve => server.close(resolve))
      expect(await failureOf(call(port).json())).toMatchObject({
        code: 'unavailable.network',
        message: `${addressOf(port)} cannot be reached: ECONNREFUSED`,
      })
    })
  })
  redirectContract(library)
}

function redirectContract(library: Library): void {
  describe('a redirect', () => {
    test('within the origin keeps the credentials', async () => {
      const { port, requests } = await serve((request, response) => {
        if (request.url === '/new') response.end('{"ok":true}')
        else response.writeHead(302, { location: '/new' }).end()
      })
      expect(await createCaller(library, { token: 'top-secret', url: addressOf(port) }).json()).toEqual({ ok: true })
      expect(requests[1]?.headers.authorization).toBe('Bearer top-secret')
    })

    test('to another origin gets no credentials', async () => {
      const other = await serve((_request, response) => response.end('{"ok":true}'))
      const { port } = await serve((_request, response) =>
        response.writeHead(302, { location: `${addressOf(other.port)}/there` }).end(),
      )
      const caller = createCaller(library, { token: 'top-secret', url: addressOf(port) })
      expect(await caller.json({ headers: { cookie: 'session=1', 'x-api-key': 'k' } })).toEqual({ ok: true })
      const [seen] = other.requests
      expect([seen?.headers.authorization, seen?.headers.cookie, seen?.headers['x-api-key']]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    })

    test('of a POST to another origin is refused, naming where to', async () => {
      const { port } = await serve((_request, response) =>
        response.writeHead(307, { location: 'http://127.0.0.1:9/there' }).end(),
      )
      const posting = createCaller(library, { url: addressOf(port) }).json({ body: {}, method: 'POST' })
      expect(await failureOf(posting)).toMatchObject({
        code: 'unavailable.answer',
        message: `${addressOf(port)} redirects POST / to http://127.0.0.1:9/there: it is not sent there`,
      })
    })

    test('in a circle ends', async () => {
      const { port, requests } = await serve((_request, response) => response.writeHead(302, { location: '/' }).end())
      expect(await failureOf(createCaller(library, { url: addressOf(port) }).json())).toMatchObject({
        code: 'unavailable.answer',
      })
      expect(requests).toHaveLength(6)
    })
  })
}

function endlessly(response: ServerResponse): void {
  const chunk = Buffer.alloc(16_384, 'x')
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', more)
  }
  more()
}
