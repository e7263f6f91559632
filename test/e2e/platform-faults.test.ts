import { type ChildProcess, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get } from '../helpers/load.ts'
import { findProcesses } from '../helpers/processes.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type CliOptions, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['--project', 'app', '--environment', 'main']
const SERVER = "require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT)\n"
const status = z.object({ addresses: z.object({ api: z.string(), http: z.string() }), pid: z.number() })
const activities = z.array(z.object({ id: z.string(), state: z.string() }))
const isRoot = process.getuid?.() === 0

type Files = Readonly<Record<string, string | Uint8Array>>

let workspace: Workspace

beforeEach(() => void (workspace = createWorkspace()))
afterEach(() => workspace.close())

describe('the start of the platform', () => {
  it('makes one platform when several commands start it at once', async () => {
    const started = await Promise.all([1, 2, 3, 4].map(() => workspace.json(['platform', 'start'])))

    const pids = started.map(each => z.parse(status, each).pid)
    expect(new Set(pids).size).toBe(1)
    expect(findProcesses('edge/node/main', workspace.home)).toHaveLength(1)
    expect(await failing(['platform', 'run'])).toMatchObject({ code: 'conflict.platform-running', exitCode: 6 })
  })

  it('goes round ports that other programs hold, at the first start and later, and says where it is', async () => {
    const first = z.parse(status, await workspace.json(['platform', 'start']))
    await workspace.json(['platform', 'stop', '--all'])
    const taken = [await hold(first.addresses.http), await hold(first.addresses.api)]

    const second = z.parse(status, await workspace.json(['platform', 'start']))
    for (const release of taken) release()

    expect(second.addresses.http).not.toBe(first.addresses.http)
    expect(second.addresses.api).not.toBe(first.addresses.api)
    expect((await get(`${second.addresses.http}/`)).status).toBe(404)
  })

  it('starts over what dead processes left: sockets, locks, pids', async () => {
    await deployApp()
    for (const program of ['platform/main', 'keeper/main', 'edge/node/main']) {
      for (const pid of findProcesses(program, workspace.home)) process.kill(pid, 'SIGKILL')
    }
    process.kill(await workspace.platformPid(), 'SIGKILL')
    await until('the platform is gone', async () => (await workspace.json(['platform', 'status'])) instanceof Object)
    writeFileSync(join(workspace.home, 'run', 'platform.sock.old'), '')
    rmSync(join(workspace.home, 'run', 'platform.sock'), { force: true })
    writeFileSync(join(workspace.home, 'run', 'platform.sock'), 'not a socket')

    const url = await urlOf('app')

    await until('the application answers', async () => (await get(url)).body === 'ok')
  })

  it('names the way out when a platform of another protocol runs', async () => {
    const running = workspace.start(['platform', 'run'])
    const { pid } = z.parse(
      status,
      await until('it runs', async () => {
        const shown = z.safeParse(status, await workspace.json(['platform', 'status']))
        return shown.success && shown.data
      }),
    )
    await end(running, pid)
    const socket = join(workspace.home, 'run', 'platform.sock')
    const { createServer: createHttpServer } = await import('node:http')
    const other = createHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ pid: process.pid, protocol: 99, version: '9.9.9' }))
    })
    rmSync(socket, { force: true })
    await new Promise<void>(resolve => other.listen(socket, resolve))

    const answer = await failing(['projects'])
    await new Promise(resolve => other.close(resolve))

    expect(answer).toMatchObject({ code: 'conflict.platform-version', exitCode: 6 })
    expect(answer.message).toContain('9.9.9')
    expect(answer.suggestions.join(' ')).toContain('aloft platform stop')
  })

  it('works in a home whose path is longer than the address of a socket', async () => {
    const home = join(workspace.directory, 'x'.repeat(100), 'y'.repeat(100))
    const environment = { ALOFT_HOME: home }

    try {
      expect(await workspace.json(['projects'], { environment })).toEqual([])
    } finally {
      await workspace.aloft(['platform', 'stop', '--all'], { environment })
    }
  })

  it.each(['file', 'file/below', '/proc/aloft'])('says so when %s cannot be its home', async place => {
    writeFileSync(join(workspace.directory, 'file'), '')
    const options = { environment: { ALOFT_HOME: join(place.startsWith('/') ? '' : workspace.directory, place) } }

    for (const args of [['projects'], ['platform', 'start'], ['whoami']]) {
      const answer = await workspace.aloft([...args, '--json'], options)
      if (args[0] === 'whoami' && place.startsWith('/')) continue
      expect(answer).toMatchObject({ exitCode: 2 })
      expect(answer.stdout).toContain('usage.home')
      expect(answer.stdout).toContain('ALOFT_HOME')
    }
  })
})

describe('a source that goes wrong on its way', () => {
  it('leaves nothing when the CLI is killed or interrupted, and takes it in when repeated', async () => {
    const source = write('app', { 'index.html': 'hello' })
    const blob = openSync(join(source, 'blob'), 'w')
    ftruncateSync(blob, 400 * 1024 * 1024)
    closeSync(blob)

    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const child = workspace.start(['deploy', source, ...TARGET])
      const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
      await until('contents are being sent', () => stagedBytes() > 1024 * 1024, 60_000)
      child.kill(signal)
      expect(await exited).toBe(signal === 'SIGINT' ? 130 : null)
      await until('what was sent is gone', () => stagedBytes() === 0)
      expect(await workspace.json(['projects'])).toEqual([])
    }

    expect(await workspace.aloft(['deploy', source, ...TARGET])).toMatchObject({ exitCode: 0 })
  })

  it('says that files changed while they were read', async () => {
    const source = write('app', { 'index.html': 'hello', 'growing.bin': randomBytes(8 * 1024 * 1024) })
    let writing = true
    const writer = (async () => {
      while (writing) {
        writeFileSync(join(source, 'growing.bin'), randomBytes(8 * 1024 * 1024 + Math.floor(Math.random() * 1000)))
        await new Promise(resolve => setImmediate(resolve))
      }
    })()

    const answer = await failing(['deploy', source, ...TARGET])
    writing = false
    await writer

    expect(answer).toMatchObject({ code: 'failed.source-changed', exitCode: 7 })
    expect(answer.message).toContain('growing.bin')
    expect(await workspace.json(['projects'])).toEqual([])
    expect(await workspace.aloft(['deploy', source, ...TARGET])).toMatchObject({ exitCode: 0 })
  })
})

describe.skipIf(!isRoot)('a full disk (needs root, to mount a small one)', () => {
  const SIZE_MB = 60

  beforeEach(() => {
    const data = join(workspace.home, 'data')
    mkdirSync(data, { recursive: true })
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0711`, 'tmpfs', data])
  })
  afterEach(async () => {
    await workspace.aloft(['platform', 'stop', '--all'])
    execFileSync('umount', ['-l', join(workspace.home, 'data')])
  })

  it('fails the intake, gives the space back and leaves the running release alone', async () => {
    const url = await deployApp()
    const before = used()
    const source = write('big', { 'index.html': 'hello', 'big.bin': randomBytes((SIZE_MB + 20) * 1024 * 1024) })

    const answer = await failing(['deploy', source, ...TARGET])

    expect(answer).toMatchObject({ code: 'failed.disk-full', exitCode: 7 })
    expect(used()).toBeLessThan(before + 2 * 1024 * 1024)
    expect((await get(url)).body).toBe('ok')
    await expectNothingUnfinished()
  })

  it('fails the build, gives the space back and leaves the running release alone', async () => {
    const url = await deployApp()
    const before = used()
    const source = write('fat', {
      'aloft.yaml': `applications:
  web:
    type: nodejs:24
    hooks: {build: 'dd if=/dev/zero of=fat bs=1M count=${SIZE_MB + 20}'}
    web: {commands: {start: node server.js}}
`,
      'server.js': SERVER,
    })

    const answer = await failing(['deploy', source, ...TARGET])

    expect(answer).toMatchObject({ code: 'failed.disk-full', exitCode: 7 })
    expect(used()).toBeLessThan(before + 4 * 1024 * 1024)
    expect((await get(url)).body).toBe('ok')
    await expectNothingUnfinished()
  })

  function used(): number {
    return Number(
      execFileSync('df', ['-B1', '--output=used', join(workspace.home, 'data')])
        .toString()
        .split('\n')[1],
    )
  }
})

describe('a build without its tools', () => {
  it.each([
    ['php', { 'composer.json': '{}', 'index.php': '<?php echo 1;' }, 'apt-get install'],
    ['python', { Procfile: 'web: python3 app.py', 'app.py': '', 'requirements.txt': '' }, 'apt-get install'],
  ])('names %s and how to install it', async (tool, files, install) => {
    // the standard directories are searched whatever PATH is: only what is not installed can be missing
    const isInstalled = ['/usr/local/bin', '/usr/bin', '/bin', ...(process.env['PATH'] ?? '').split(delimiter)].some(
      directory => existsSync(join(directory, tool === 'python' ? 'python3' : tool)),
    )
    if (isInstalled) return console.warn(`skipped: ${tool} is installed here`)

    const answer = await failing(['deploy', write(tool, files), ...TARGET])

    expect(answer).toMatchObject({ code: 'failed.tool-missing', exitCode: 7 })
    expect(answer.message).toContain(tool)
    expect(answer.suggestions.join(' ')).toContain(install)
  })
})

describe('what nobody may see', () => {
  it('shows a secret to the application alone', async () => {
    const secret = `s3cr3t-${randomBytes(12).toString('hex')}`
    const url = await deployApp(
      "require('node:http').createServer((q, r) => r.end(process.env.KEY ?? 'none')).listen(process.env.PORT)\n",
    )
    const argv: string[] = []
    const watching = setInterval(() => argv.push(...commandLines()), 20)

    const set = await workspace.aloft(['variables', 'set', 'KEY=-', '--secret', ...TARGET], { input: secret })
    await until('the application has it', async () => (await get(url)).body === secret)
    clearInterval(watching)

    const said = [set.stdout, set.stderr]
    for (const args of [
      ['variables', ...TARGET],
      ['activities', '-p', 'app'],
      ['logs', ...TARGET, '-n', '500'],
    ]) {
      said.push((await workspace.aloft(args)).stdout, (await workspace.aloft([...args, '--json'])).stdout)
    }
    for (const { id } of z.parse(activities, await workspace.json(['activities', '-p', 'app']))) {
      said.push((await workspace.aloft(['activities', 'show', id, '--json'])).stdout)
      said.push((await workspace.aloft(['activities', 'log', id])).stdout)
    }
    expect(said.join('\n')).not.toContain(secret)
    expect(argv.join('\n')).not.toContain(secret)
    const needles = [secret, Buffer.from(secret).toString('base64').slice(0, 20), Buffer.from(secret).toString('hex')]
    for (const file of filesBelow(workspace.home)) {
      const bytes = readFileSync(file)
      for (const needle of needles) expect(bytes.includes(needle), `${file} has the secret`).toBe(false)
    }
  })

  it("keeps the platform's files, sockets and environment, and other environments, from builds and instances", async () => {
    await deployApp()
    const [other = ''] = readdirSync(join(workspace.home, 'data', 'environments'))
    const pid = await workspace.platformPid()
    mkdirSync(join(workspace.home, 'config'), { recursive: true })
    writeFileSync(join(workspace.home, 'config', 'accounts.json'), '{"accounts":[]}', { mode: 0o600 })
    const places = [
      'data/platform.db',
      'data/platform.log',
      'config/secret.key',
      'config/accounts.json',
      'run/platform.sock',
      'run',
      `data/environments/${other}`,
      `data/environments/${other}/volumes`,
      'data/artifacts',
      'data/sources',
    ].map(path => join(workspace.home, path))
    const peek = `
const fs = require('node:fs')
const net = require('node:net')
const seen = []
const attempt = (what, run) => { try { run(); seen.push(what) } catch {} }
for (const place of ${JSON.stringify(places)}) {
  attempt('read ' + place, () => fs.readFileSync(place))
  attempt('list ' + place, () => { if (fs.readdirSync(place).length === 0) throw new Error('empty') })
  attempt('write ' + place, () => fs.writeFileSync(place + '/planted', ''))
}
for (const pid of fs.readdirSync('/proc').filter(name => /^\\d+$/.test(name))) {
  attempt('environment of the platform as ' + pid, () => {
    if (!fs.readFileSync('/proc/' + pid + '/environ', 'utf8').includes('PLANTED')) throw new Error('another')
  })
}
attempt('environ of ${pid}', () => { if (fs.readFileSync('/proc/${pid}/cmdline', 'utf8').includes('platform/main')) fs.readFileSync('/proc/${pid}/environ'); else throw new Error() })
if (process.env.PLANTED) seen.push('own environment')
const socket = net.connect(${JSON.stringify(join(workspace.home, 'run/platform.sock'))})
socket.on('connect', () => { seen.push('connected to the platform'); done() })
socket.on('error', done)
function done() { socket.destroy(); finish(seen) }
`
    const source = write('spy', {
      'aloft.yaml': `applications:
  spy:
    type: nodejs:24
    hooks: {build: node build.js}
    web: {commands: {start: node server.js}}
`,
      'build.js': `function finish(seen) { require('node:fs').writeFileSync('built.json', JSON.stringify(seen)) }\n${peek}`,
      'server.js': `let live
function finish(seen) { live = seen }
${peek}
require('node:http').createServer((q, r) => r.end(JSON.stringify({ built: require('./built.json'), live }))).listen(process.env.PORT)\n`,
    })

    const deployed = await workspace.aloft(['deploy', source, '-p', 'spy', '-e', 'main'])
    expect(deployed).toMatchObject({ exitCode: 0 })
    const url = await urlOf('spy')

    const seen: unknown = JSON.parse(
      await until('it has looked', async () => {
        const { body } = await get(url)
        return body.includes('live') && body
      }),
    )
    expect(seen).toEqual({ built: [], live: [] })
  })
})

async function deployApp(server = SERVER): Promise<string> {
  const source = write('app', {
    'package.json': JSON.stringify({ name: 'app', scripts: { start: 'node server.js' } }),
    'server.js': server,
  })
  expect(
    await workspace.aloft(['deploy', source, ...TARGET], { environment: { PLANTED: 'by the client' } }),
  ).toMatchObject({ exitCode: 0 })
  return urlOf('app')
}

async function urlOf(project: string): Promise<string> {
  const { urls } = z.parse(
    z.object({ urls: z.array(z.string()) }),
    await workspace.json(['environments', 'show', 'main', '-p', project]),
  )
  return urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''
}

function write(name: string, files: Files): string {
  const directory = join(workspace.directory, name)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
  return directory
}

async function failing(args: readonly string[], options?: CliOptions) {
  const { exitCode, stdout } = await workspace.aloft([...args, '--json'], options)
  const shape = z.object({ code: z.string(), message: z.string(), suggestions: z.array(z.string()) })
  return { exitCode, ...z.parse(z.object({ error: shape }), JSON.parse(stdout)).error }
}

async function expectNothingUnfinished(): Promise<void> {
  const all = z.parse(activities, await workspace.json(['activities', ...TARGET]))
  expect(all.filter(({ state }) => state !== 'finished')).toEqual([])
}

/** Contents on their way in. */
function stagedBytes(): number {
  const staging = join(workspace.home, 'data', 'sources', 'staging')
  return existsSync(staging) ? filesBelow(staging).reduce((sum, file) => sum + sizeOf(file), 0) : 0
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    })
}

/** Listens where the URL points to. */
async function hold(url: string): Promise<() => void> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(Number(new URL(url).port), '127.0.0.1', resolve))
  return () => server.close()
}

async function end(child: ChildProcess, platform: number): Promise<void> {
  const exited = new Promise(resolve => child.once('exit', resolve))
  process.kill(platform, 'SIGTERM')
  await exited
}
