import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { createAuthority, issueCertificate } from '../../../src/lib/platform/edge/node/certificates/issuing.ts'
import { openWebSocket } from '../../../src/lib/transport/web-socket.ts'
import { type Caller, createCaller, failureOf } from './caller.ts'
import { serve, serveProxy } from './servers.ts'
import { environmentWith, fileWith } from './surroundings.ts'

const { signal } = new AbortController()
const request = { path: '/log', protocol: 'aloft.log.v1', signal }

/** A server that takes every WebSocket over, and the file that makes it trusted. */
async function secureSockets(): Promise<{ port: number; authority: string }> {
  const authority = await createAuthority(Date.now())
  const tls = await issueCertificate(authority, ['cloud.example'], Date.now())
  const { port, server } = await serve((_request, response) => response.end(), { tls })
  const sockets = new WebSocketServer({ server })
  onTestFinished(() => sockets.close())
  sockets.on('connection', socket => socket.close(1000))
  return { authority: fileWith(authority.certificate), port }
}

function through(url: string, variables: Record<string, string>): Caller {
  return createCaller('node', { environment: environmentWith(variables), token: 'top-secret-token', traces: true, url })
}

test('a WebSocket goes through the proxy with the added authority, and its life is traced without the token', async () => {
  const { authority, port } = await secureSockets()
  const proxy = await serveProxy({ credentials: 'me:p4ssw0rd' })
  const caller = through(`https://cloud.example:${port}`, {
    ALOFT_CA_FILE: authority,
    HTTPS_PROXY: proxy.url.replace('http://', 'http://me:p4ssw0rd@'),
  })
  const socket = await openWebSocket(caller.address, request)
  socket.resume()
  await once(socket, 'close')
  expect(proxy.seen).toEqual([`CONNECT cloud.example:${port}`])
  expect(caller.debug()).toMatch(/WebSocket \/log opens .*through the proxy/)
  expect(caller.debug()).toMatch(/WebSocket \/log is open \(req_\w+\)/)
  expect(caller.debug()).toMatch(/WebSocket \/log closed with code 1000/)
  expect(caller.debug()).not.toMatch(/top-secret-token|p4ssw0rd/)
})

test('http addresses are reached through a tunnel too', async () => {
  const { port, server } = await serve((_request, response) => response.end())
  const sockets = new WebSocketServer({ server })
  onTestFinished(() => sockets.close())
  const proxy = await serveProxy()
  const caller = through(`http://cloud.example:${port}`, { HTTP_PROXY: proxy.url })
  const socket = await openWebSocket(caller.address, request)
  socket.terminate()
  expect(proxy.seen).toEqual([`CONNECT cloud.example:${port}`])
})

test.each([
  [{ credentials: 'me:other' }, 'auth.proxy'],
  [{ refuses: 403 }, 'unavailable.proxy'],
])('a proxy that does not open a tunnel (%j) is told from a server that refuses', async (options, code) => {
  const proxy = await serveProxy(options)
  const caller = through('https://cloud.example', { HTTPS_PROXY: proxy.url })
  expect(await failureOf(openWebSocket(caller.address, request))).toMatchObject({ code })
})

test('a proxy that hangs lets go at an abort', async () => {
  const proxy = await serveProxy({ hangs: true })
  const caller = through('https://cloud.example', { HTTPS_PROXY: proxy.url })
  const abort = new AbortController()
  const opening = failureOf(openWebSocket(caller.address, { ...request, signal: abort.signal }))
  await expect.poll(() => proxy.seen).toHaveLength(1)
  abort.abort(new Error('enough'))
  expect(await opening).toMatchObject({ message: 'enough' })
})

test('a refusal has the error of its body and the id of the server', async () => {
  const { port, server } = await serve(() => undefined)
  server.on('upgrade', (_request, socket) => {
    const body = '{"error":{"code":"auth.invalid","message":"not you: top-secret-token"}}'
    socket.end(`HTTP/1.1 401 No\r\nx-request-id: theirs-7\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
  })
  const caller = through(`http://127.0.0.1:${port}`, {})
  expect(await failureOf(openWebSocket(caller.address, request))).toMatchObject({
    code: 'auth.invalid',
    details: { requestId: 'theirs-7' },
    message: 'not you: [redacted]',
  })
})

test('a refusal leaves no timer behind that would keep the program from its end', async () => {
  const { port, server } = await serve(() => undefined)
  server.on('upgrade', (_request, socket) => void socket.end('HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n'))
  const caller = through(`http://127.0.0.1:${port}`, {})
  const before = countTimers()
  await failureOf(openWebSocket(caller.address, request))
  expect(countTimers()).toBeLessThanOrEqual(before)
})

test('a server that is not trusted is refused as that', async () => {
  const { port } = await secureSockets()
  const caller = through(`https://127.0.0.1:${port}`, {})
  expect(await failureOf(openWebSocket(caller.address, request))).toMatchObject({
    code: 'unavailable.tls',
    details: { requestId: expect.stringMatching(/^req_/) },
  })
})

function countTimers(): number {
  return process.getActiveResourcesInfo().filter(each => each === 'Timeout').length
}
