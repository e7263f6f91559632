import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished, vi } from 'vitest'
import * as z from 'zod/mini'
import { statusSchema } from '../../../src/lib/platform/edge/node/control/protocol.ts'
import { ask } from '../../contract/edge/client.ts'
import { config, nodeEdge, route, site, temporaryLayout, upstream } from '../../contract/edge/fixture.ts'
import { startUpstream } from '../../contract/edge/upstreams.ts'
import { until } from '../../helpers/until.ts'

it('comes back after kill -9, on the same ports and with the same CA', async () => {
  const layout = await temporaryLayout()
  const edge = nodeEdge(layout)
  const web = await startUpstream('web')
  const { httpPort, pid } = await edge.apply(config(site(layout, [route(upstream([web.address]))])))
  const ca = await edge.certificateAuthority()
  process.kill(pid, 'SIGKILL')
  await until('it answers again', async () => (await ask(httpPort)).body === 'web')
  const status = await edge.status()
  expect(status.pid).not.toBe(pid)
  expect(status.httpPort).toBe(httpPort)
  expect(await edge.certificateAuthority()).toBe(ca)
})

it('goes on when the platform is killed, and is taken back by the next one', async () => {
  const layout = await temporaryLayout()
  const web = await startUpstream('web')
  const program = fileURLToPath(new URL('platform-side.ts', import.meta.url))
  const platform = fork(program, [dirname(layout.home.data)], { execArgv: [] })
  const edge = nodeEdge(layout)
  platform.send(JSON.stringify(config(site(layout, [route(upstream([web.address]))]))))
  const [said] = await once(platform, 'message')
  const { httpPort, pid } = z.parse(statusSchema, said)
  platform.kill('SIGKILL')
  await once(platform, 'exit')
  expect(await ask(httpPort)).toMatchObject({ body: 'web' })
  expect((await edge.status()).pid).toBe(pid)
})

it('loads the last good configuration from disk', async () => {
  const layout = await temporaryLayout()
  const web = await startUpstream('web')
  const first = nodeEdge(layout)
  const given = await first.apply(config(site(layout, [route(upstream([web.address]))])))
  await first.stop()
  await expect(ask(given.httpPort)).rejects.toThrow('ECONNREFUSED')
  const status = await nodeEdge(layout).status()
  expect(status).toMatchObject({ generation: given.generation, httpPort: given.httpPort, httpsPort: given.httpsPort })
  expect(await ask(status.httpPort)).toMatchObject({ body: 'web' })
})

it('replaces an edge of another version', async () => {
  const layout = await temporaryLayout()
  const old = nodeEdge(layout, { version: '1' })
  const { pid } = await old.status()
  await old.close()
  const status = await nodeEdge(layout, { version: '2' }).status()
  expect(status.pid).not.toBe(pid)
})

it('names the port that is wanted and taken', async () => {
  const layout = await temporaryLayout()
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  await expect(nodeEdge(layout, { httpPort: port }).status()).rejects.toMatchObject({
    code: 'conflict.port-taken',
    message: expect.stringContaining(String(port)),
  })
})

it('serves the rest while the port of a site is taken, and takes it once it is free', async () => {
  const layout = await temporaryLayout()
  const other = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void other.close())
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const edge = nodeEdge(layout)

  expect(await edge.apply(config(site(layout, [], { port })))).toMatchObject({ missingPorts: [port] })
  other.close()

  await vi.waitFor(async () => expect(await edge.status()).toMatchObject({ missingPorts: [] }), 5000)
})

it('keeps its files and its socket to the user', async () => {
  const layout = await temporaryLayout()
  await nodeEdge(layout).status()
  const modes = await Promise.all(
    ['authority.key.pem', 'ports.json', 'process.json'].map(async name => (await stat(join(layout.edge, name))).mode),
  )
  const socket = await stat(join(layout.home.runtime, 'edge.sock'))
  expect([...modes, socket.mode].map(mode => (mode & 0o777).toString(8))).toEqual(['600', '600', '600', '600'])
})

it('writes a line of access log for each request', async () => {
  const layout = await temporaryLayout()
  const edge = nodeEdge(layout)
  const web = await startUpstream('web', (request, response) => {
    response.statusCode = request.url === '/bad' ? 500 : 200
    response.end('hello')
  })
  const endpoints = [{ address: web.address, instance: 'web.1', weight: 1 }]
  const { httpPort } = await edge.apply(config(site(layout, [route(upstream([], { endpoints }))])))
  await ask(httpPort, { path: '/a?token=1' })
  await ask(httpPort, { path: '/bad' })
  const directory = join(layout.logs('env-1'), 'access')
  const lines = await until('two lines', async () => {
    const { readdir } = await import('node:fs/promises')
    const texts = await Promise.all((await readdir(directory)).map(name => readFile(join(directory, name), 'utf8')))
    const found = texts
      .join('')
      .split('\n')
      .filter(line => line.startsWith('{'))
    return found.length === 2 && found
  })
  expect(lines.map(line => JSON.parse(line))).toMatchObject([
    { instance: 'web.1', level: 'info', message: expect.stringMatching(/^GET \/a 200 \d+ms \d+B$/), service: 'web' },
    { level: 'error', message: expect.stringMatching(/^GET \/bad 500 /), source: 'access' },
  ])
})
