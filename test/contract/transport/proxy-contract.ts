import { beforeAll, describe, expect, test } from 'vitest'
import {
  createAuthority,
  issueCertificate,
  type KeyPair,
} from '../../../src/lib/platform/edge/node/certificates/issuing.ts'
import { createCaller, failureOf, type Caller, type Library } from './caller.ts'
import { serveProxy } from './servers.ts'
import { environmentWith, fileWith, serveSecurely } from './surroundings.ts'

/** How a request finds its way, whatever library sends it. */
export function proxyContract(library: Library): void {
  let authority: KeyPair
  let server: KeyPair
  beforeAll(async () => {
    authority = await createAuthority(Date.now())
    server = await issueCertificate(authority, ['cloud.example', '127.0.0.1'], Date.now())
  })
  const callThrough = (url: string, variables: Record<string, string>, traces = false): Caller =>
    createCaller(library, {
      environment: environmentWith({ ...variables, ALOFT_CA_FILE: fileWith(authority.certificate) }),
      traces,
      url,
    })

  describe('through a proxy', () => {
    test.each(['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'])('%s tunnels https', async name => {
      const { port } = await serveSecurely(server)
      const proxy = await serveProxy()
      const caller = callThrough(`https://cloud.example:${port}`, { [name]: proxy.url })
      expect(await caller.json()).toEqual({ ok: true })
      expect(proxy.seen).toEqual([`CONNECT cloud.example:${port}`])
    })

    test('HTTP_PROXY gets http requests whole, also when it is named without a scheme', async () => {
      const proxy = await serveProxy()
      const caller = callThrough('http://cloud.example', { HTTP_PROXY: proxy.url.replace('http://', '') })
      expect(await failureOf(caller.json({ path: '/a' }))).toMatchObject({ code: 'unavailable.answer' })
      expect(proxy.seen).toEqual(['GET http://cloud.example/a'])
    })

    test('a proxy that speaks https, with a user name and a password that nobody sees', async () => {
      const { port } = await serveSecurely(server)
      const proxy = await serveProxy({ credentials: 'me:p@ss:w0rd', tls: server })
      const url = proxy.url.replace('https://', 'https://me:p%40ss%3Aw0rd@')
      const caller = callThrough(`https://cloud.example:${port}`, { HTTPS_PROXY: url }, true)
      expect(await caller.json()).toEqual({ ok: true })
      expect(caller.debug()).toContain(`through the proxy ${proxy.url}`)
      expect(caller.debug()).not.toMatch(/p@ss:w0rd|p%40ss/)
    })

    test.each(['https', 'http'])('wrong credentials for %s end with auth.proxy', async scheme => {
      const proxy = await serveProxy({ credentials: 'me:right' })
      const url = proxy.url.replace('http://', 'http://me:wr0ngpass@')
      const caller = callThrough(`${scheme}://cloud.example`, { ALL_PROXY: url })
      const error = await failureOf(caller.json())
      expect(error).toMatchObject({ code: 'auth.proxy', details: { requestId: expect.any(String) } })
      expect(String(error)).not.toContain('wr0ngpass')
      expect(String(error)).toContain(proxy.url)
    })

    test('a refusal says which proxy refused, with what status', async () => {
      const proxy = await serveProxy({ refuses: 403 })
      const caller = callThrough('https://cloud.example', { HTTPS_PROXY: proxy.url })
      expect(await failureOf(caller.json())).toMatchObject({
        code: 'unavailable.proxy',
        message: `https://cloud.example cannot be reached through the proxy ${proxy.url}: it answered with HTTP status 403`,
      })
      expect(proxy.seen).toHaveLength(1)
    })

    test('a proxy that hangs ends with the time for connecting', async () => {
      const proxy = await serveProxy({ hangs: true })
      const caller = callThrough('https://cloud.example', { HTTPS_PROXY: proxy.url })
      expect(await failureOf(caller.json({ connectTimeoutMs: 200, deadlineMs: 8000 }))).toMatchObject({
        code: 'unavailable.timeout',
        message: expect.stringContaining(`no connection through the proxy ${proxy.url} within 200 ms`),
      })
    })

    test('a proxy that hangs lets go at an abort', async () => {
      const proxy = await serveProxy({ hangs: true })
      const caller = callThrough('https://cloud.example', { HTTPS_PROXY: proxy.url })
      const abort = new AbortController()
      const calling = failureOf(caller.json({ signal: abort.signal }))
      await expect.poll(() => proxy.seen).toHaveLength(1)
      abort.abort(new Error('enough'))
      expect(await calling).toMatchObject({ message: 'enough' })
    })

    test('a proxy that is not there is named', async () => {
      const caller = callThrough('https://cloud.example', { HTTPS_PROXY: 'http://me:hidden-password@127.0.0.1:9' })
      expect(await failureOf(caller.json())).toMatchObject({
        code: 'unavailable.proxy',
        message: 'the proxy http://127.0.0.1:9 cannot be reached: ECONNREFUSED',
      })
    })

    test('a proxy of another kind is refused as what it is', async () => {
      const caller = callThrough('https://cloud.example', { ALL_PROXY: 'socks5://127.0.0.1:1080' })
      expect(await failureOf(caller.json())).toMatchObject({ code: 'usage.proxy' })
    })

    test('this machine is reached directly', async () => {
      const { port } = await serveSecurely(server)
      const proxy = await serveProxy()
      const caller = callThrough(`https://127.0.0.1:${port}`, { HTTPS_PROXY: proxy.url })
      expect(await caller.json()).toEqual({ ok: true })
      expect(proxy.seen).toEqual([])
    })

    test.each([
      ['127.0.0.1', true],
      ['.0.0.1', true],
      ['*', true],
      ['example.com, 127.0.0.1:PORT', true],
      ['127.0.0.1:1', false],
      ['7.0.0.1', false],
    ])('NO_PROXY=%s: direct is %s', async (value, isDirect) => {
      const { port } = await serveSecurely(server)
      const proxy = await serveProxy()
      const caller = callThrough(`https://127.0.0.1:${port}`, {
        ALOFT_PROXY_LOOPBACK: '1',
        HTTPS_PROXY: proxy.url,
        NO_PROXY: value.replace('PORT', String(port)),
      })
      expect(await caller.json()).toEqual({ ok: true })
      expect(proxy.seen).toHaveLength(isDirect ? 0 : 1)
    })
  })
}
