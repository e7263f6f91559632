import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { expect, it } from 'vitest'
import { ask } from '../../contract/edge/client.ts'
import { config, HOST, nodeEdge, route, site, temporaryLayout, upstream } from '../../contract/edge/fixture.ts'
import { startUpstream, type Upstream } from '../../contract/edge/upstreams.ts'

const MIB = 1024 * 1024

async function startEdge(web: Upstream) {
  const layout = await temporaryLayout()
  const edge = nodeEdge(layout)
  return edge.apply(config(site(layout, [route(upstream([web.address]))])))
}

/** What comes back for raw bytes, until the connection ends. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('latin1').on('data', chunk => (text += String(chunk)))
  socket.on('error', () => undefined)
  socket.write(bytes)
  await once(socket, 'close')
  return text
}

it('answers broken requests and survives them', async () => {
  const web = await startUpstream('web')
  const { httpPort, httpsPort, pid } = await startEdge(web)
  expect(await raw(httpPort, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
  expect(await raw(httpPort, `GET / HTTP/1.1\r\nHost: ${HOST}\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(/ 431 /)
  const both = 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
  expect(await raw(httpPort, `POST / HTTP/1.1\r\nHost: ${HOST}\r\n${both}`)).toMatch(/ 400 /)
  expect(await raw(httpsPort, 'GET / HTTP/1.1\r\n\r\n')).not.toContain('200')
  const upgrade = 'Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n'
  expect(await raw(httpPort, `GET / HTTP/1.1\r\nHost: ${HOST}\r\n${upgrade}`)).toMatch(/^HTTP\/1.1 200 [^]*web/)
  const torn = connect(httpPort, '127.0.0.1')
  torn.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
  torn.destroy()
  expect(await ask(httpPort)).toMatchObject({ body: 'web' })
  process.kill(pid, 0)
})

it('does not let the body of a DELETE become a request of its own', async () => {
  const web = await startUpstream('web', (incoming, response) => incoming.pipe(response))
  const { httpPort } = await startEdge(web)
  const inner = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'
  const head = `DELETE / HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`
  const answer = await raw(httpPort, `${head}${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`)
  expect(answer).toContain('GET /smuggled')
  expect(web.requests.map(({ method }) => method)).toEqual(['DELETE'])
})

it('breaks off for the client when the application breaks off', async () => {
  const web = await startUpstream('web', (_, response) => {
    response.writeHead(200, { 'Content-Length': 100 })
    response.write('half')
    setTimeout(() => response.destroy(), 20)
  })
  const { httpPort } = await startEdge(web)
  await expect(ask(httpPort)).rejects.toThrow(/aborted|ECONNRESET|hang up/)
})

it('needs no more memory for 400 MB up and down than for 100 MB', async () => {
  const web = await startUpstream('web', (incoming, response) => incoming.pipe(response))
  const { httpPort, pid } = await startEdge(web)

  const short = await peakWhile(pid, () => echo(httpPort, 100))
  const long = await peakWhile(pid, () => echo(httpPort, 400))

  expect(long - short).toBeLessThan(60 * MIB)
})

/** Sends so many MiB and yields the number of each piece that comes back. */
async function* echo(port: number, mebibytes: number): AsyncGenerator<number> {
  const block = Buffer.alloc(MIB)
  const outgoing = request({ headers: { Host: HOST }, host: '127.0.0.1', method: 'POST', port })
  const answered = once(outgoing, 'response')
  const sent = pipeline(Readable.from(Array.from({ length: mebibytes }, () => block)), outgoing)
  const [incoming] = await answered
  let received = 0
  let pieces = 0
  for await (const chunk of incoming) {
    received += chunk.length
    yield pieces++
  }
  await sent
  expect(received).toBe(mebibytes * MIB)
}

/** The most memory of a process while something goes on, bytes. */
async function peakWhile(pid: number, run: () => AsyncIterable<number>): Promise<number> {
  let peak = 0
  for await (const piece of run()) if (piece % 64 === 0) peak = Math.max(peak, await residentBytes(pid))
  return peak
}

async function residentBytes(pid: number): Promise<number> {
  const kilobytes = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes) * 1024
}
