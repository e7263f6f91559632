import { appendFileSync, cpSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { join } from 'node:path'
import getPort from 'get-port'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import * as z from 'zod/mini'
import { writeFiles } from '../helpers/files.ts'
import { get, startLoad } from '../helpers/load.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, repository, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['--project', 'fleet', '--environment', 'main']
const MAJOR = process.versions.node.split('.')[0]
const services = z.array(z.object({ desired: z.number(), name: z.string(), ready: z.number() }))

/** One deployment of three applications with each kind of readiness check; the tests go on from one another. */
describe('applications behind the edge', () => {
  let workspace: Workspace
  let source: string
  let otherPort: number
  let log: string
  let urls: string[]

  beforeAll(async () => {
    workspace = createWorkspace()
    otherPort = await getPort({ host: '127.0.0.1' })
    source = writeFiles(join(workspace.directory, 'fleet'), {
      'aloft.yaml': config(otherPort),
      'elsewhere.js': [
        "const server = require('node:http').createServer((_, response) => response.end('elsewhere'))",
        "server.listen(Number(process.env.OTHER_PORT), '127.0.0.1')",
        '',
      ].join('\n'),
      // two at a time would see the other's file
      'single.js': [
        "const fs = require('node:fs')",
        "fs.writeFileSync('data/running', '', {flag: 'wx'})",
        "fs.appendFileSync('data/starts', '.')",
        "const server = require('node:http').createServer((_, response) => response.end(fs.readFileSync('data/starts')))",
        "server.listen(process.env.PORT, () => fs.writeFileSync(process.env.TMPDIR + '/ready', ''))",
        "process.on('SIGTERM', () => server.close(() => fs.rmSync('data/running')) && server.closeIdleConnections())",
        '',
      ].join('\n'),
      'web.js': [
        "const { WebSocketServer } = require('./vendor/ws')",
        "const server = require('node:http').createServer((request, response) => {",
        "  response.end(JSON.stringify({ pid: process.env.ALOFT_INSTANCE, scheme: request.headers['x-forwarded-proto'] }))",
        '})',
        'const sockets = new WebSocketServer({ server })',
        "sockets.on('connection', socket => socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })))",
        "console.log('an ordinary line')",
        "console.error('a line of trouble')",
        "console.log('WARN the tide is low')",
        'server.listen(process.env.PORT)',
        "process.on('SIGTERM', () => server.close(() => process.exit(0)) && server.closeIdleConnections())",
        '',
      ].join('\n'),
    })
    cpSync(join(repository, 'node_modules/ws'), join(source, 'vendor/ws'), { dereference: true, recursive: true })
    log = await deploy()
    const shown = await workspace.json(['environments', 'show', 'main', '--project', 'fleet'])
    urls = z.parse(z.object({ urls: z.array(z.string()) }), shown).urls
  })
  afterAll(() => workspace?.close())

  it('are ready by HTTP, TCP and a command', async () => {
    const found = z.parse(services, await workspace.json(['services', ...TARGET]))

    expect(found.map(({ desired, name, ready }) => `${name} ${ready}/${desired}`).toSorted()).toEqual([
      'elsewhere 1/1',
      'single 1/1',
      'web 2/2',
    ])
    expect(log).toContain('building single')
  })

  it('are reached by HTTPS that the platform itself vouches for', async () => {
    const { pem } = z.parse(z.object({ pem: z.string() }), await workspace.json(['platform', 'trust']))
    const port = await httpsPort()
    const { hostname } = new URL(urls[0] ?? '')

    const { authorized, body } = await getSecurely({ ca: pem, hostname, port })

    expect(authorized).toBe(true)
    expect(JSON.parse(body)).toMatchObject({ scheme: 'https' })
    await expect(getSecurely({ ca: undefined, hostname, port })).rejects.toThrow(/certificate/)
  })

  it('are reached by WebSockets, plain and secure', async () => {
    const { pem } = z.parse(z.object({ pem: z.string() }), await workspace.json(['platform', 'trust']))
    const port = await httpsPort()
    const { hostname } = new URL(urls[0] ?? '')
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => index % 256))

    expect(await echo(new WebSocket(own('web').replace('http:', 'ws:')), bytes)).toEqual(bytes)
    const secure = new WebSocket(`wss://127.0.0.1:${port}/`, [], {
      agent: new Agent({ ca: pem, servername: hostname }),
      headers: { host: `${hostname}:${port}` },
    })
    expect(await echo(secure, bytes)).toEqual(bytes)
  })

  it('may listen on another port than PORT: it is found, and the log says so', async () => {
    expect((await get(own('elsewhere'))).body).toBe('elsewhere')
    const { stdout } = await workspace.aloft(['logs', ...TARGET, '--service', 'elsewhere', '-n', '50'])
    expect(stdout).toContain(`listens on port ${otherPort}, not on PORT`)
  })

  it('share the requests among their instances', async () => {
    const seen = new Set<string>()
    for (let turn = 0; turn < 6; turn++) seen.add((await get(own('web'))).body)

    expect(seen.size).toBe(2)
  })

  it('are changed over without a failed request: beside the old instances, or in their place where there can be one alone', async () => {
    appendFileSync(join(source, 'web.js'), '// changed\n')
    appendFileSync(join(source, 'single.js'), '// changed\n')
    const loads = [startLoad(own('web'), 50), startLoad(own('single'), 25)]

    const changed = await deploy()
    const reports = await Promise.all(loads.map(load => load.stop()))

    expect(reports.map(({ failed }) => failed)).toEqual([[], []])
    expect(changed).toContain('requests wait at the edge')
    expect((await get(own('single'))).body).toBe('..')
  })

  it('have their lines with levels, the access log and the build log', async () => {
    const lines = async (...flags: string[]) =>
      (await workspace.aloft(['logs', ...TARGET, '-n', '500', ...flags])).stdout
    await until('the access log is written', async () => (await lines('--source', 'access')).includes('GET'))

    const ordinary = await lines('--service', 'web', '--source', 'app')
    expect(ordinary).toContain('an ordinary line')
    const serious = await lines('--service', 'web', '--source', 'app', '--level', 'warning')
    expect(serious).toContain('WARN the tide is low')
    expect(serious).not.toContain('an ordinary line')
    expect(await lines('--source', 'access', '--service', 'single')).toMatch(/GET \/ 200/)
    const [latest] = z.parse(
      z.array(z.object({ id: z.string() })),
      await workspace.json(['activities', ...TARGET, '--type', 'deploy']),
    )
    expect((await workspace.aloft(['activities', 'log', latest?.id ?? ''])).stdout).toContain('said while building')
  })

  it('keep the release they have when a command never finds the new one ready', async () => {
    writeFiles(source, { 'aloft.yaml': config(otherPort).replace('test -f "$TMPDIR/ready"', 'false') })
    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, ...TARGET])

    expect(exitCode).toBe(7)
    expect(stdout + stderr).toMatch(/single\.1 did not become ready/)
    expect((await get(own('single'))).status).toBe(200)
    expect((await get(own('web'))).status).toBe(200)
  })

  /** The address with a port of its own; in the order of the routes. */
  function own(application: 'web' | 'elsewhere' | 'single'): string {
    const numbered = urls.filter(each => each.startsWith('http://127.0.0.1'))
    return numbered[['web', 'elsewhere', 'single'].indexOf(application)] ?? ''
  }

  async function httpsPort(): Promise<number> {
    const status = z.object({ addresses: z.object({ https: z.string() }) })
    const { addresses } = z.parse(status, await workspace.json(['platform', 'status']))
    return Number(new URL(addresses.https).port)
  }

  async function deploy(): Promise<string> {
    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, ...TARGET])
    expect(exitCode, stdout + stderr).toBe(0)
    return stdout + stderr
  }
})

function config(otherPort: number): string {
  return `applications:
  web:
    type: nodejs:${MAJOR}
    build: {flavor: none}
    hooks: {build: echo said while building}
    scale: 2
    health: {readiness: {path: /, period: 1s}}
    web: {commands: {start: node web.js}}
  elsewhere:
    type: nodejs:${MAJOR}
    build: {flavor: none}
    variables: {env: {OTHER_PORT: '${otherPort}'}}
    health: {readiness: {tcp: ${otherPort}, period: 1s}}
    strategy: recreate
    web: {commands: {start: node elsewhere.js}}
  single:
    type: nodejs:${MAJOR}
    build: {flavor: none}
    mounts: {data: {source: instance, source_path: data}}
    health: {readiness: {command: 'test -f "$TMPDIR/ready"', period: 1s}}
    web: {commands: {start: node single.js}}
routes:
  http://{default}/: {type: upstream, upstream: "web:http", primary: true}
  http://elsewhere.{default}/: {type: upstream, upstream: "elsewhere:http"}
  http://single.{default}/: {type: upstream, upstream: "single:http"}
`
}

function getSecurely(to: {
  ca: string | undefined
  hostname: string
  port: number
}): Promise<{ authorized: boolean; body: string }> {
  const { ca, hostname, port } = to
  return new Promise((resolve, reject) => {
    const options = { ca, headers: { host: `${hostname}:${port}` }, host: '127.0.0.1', port, servername: hostname }
    const outgoing = request(options, response => {
      let body = ''
      const authorized = isAuthorized(response.socket)
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ authorized, body }))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

function isAuthorized(socket: object): boolean {
  return 'authorized' in socket && socket.authorized === true
}

function echo(socket: WebSocket, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.once('open', () => socket.send(bytes))
    socket.once('message', (data: Buffer) => {
      socket.close()
      resolve(data)
    })
  })
}
