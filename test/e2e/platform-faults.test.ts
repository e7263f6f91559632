import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get } from '../helpers/load.ts'
import { findProcesses } from '../helpers/processes.ts'
import { APP_TARGET, deployApp, runFailing, urlOf, writeFiles } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, repository, type Workspace } from '../helpers/workspace.ts'

const status = z.object({ addresses: z.object({ api: z.string(), http: z.string() }), pid: z.number() })
const isRoot = process.getuid?.() === 0

let workspace: Workspace

beforeEach(() => void (workspace = createWorkspace()))
afterEach(() => workspace.close())

describe('the start of the platform', () => {
  it('makes one platform when several commands start it at once', async () => {
    const started = await Promise.all([1, 2, 3, 4].map(() => workspace.json(['platform', 'start'])))

    const pids = started.map(each => z.parse(status, each).pid)
    expect(new Set(pids).size).toBe(1)
    expect(findProcesses('edge/node/main', workspace.home)).toHaveLength(1)
    expect(await runFailing(workspace, ['platform', 'run'])).toMatchObject({
      code: 'conflict.platform-running',
      exitCode: 6,
    })
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
    await deployApp(workspace)
    for (const program of ['platform/main', 'keeper/main', 'edge/node/main']) {
      for (const pid of findProcesses(program, workspace.home)) process.kill(pid, 'SIGKILL')
    }
    process.kill(await workspace.platformPid(), 'SIGKILL')
    await until('the platform is gone', async () => (await workspace.json(['platform', 'status'])) instanceof Object)
    writeFileSync(join(workspace.home, 'run', 'platform.sock.old'), '')
    rmSync(join(workspace.home, 'run', 'platform.sock'), { force: true })
    writeFileSync(join(workspace.home, 'run', 'platform.sock'), 'not a socket')

    const url = await urlOf(workspace, 'app')

    expect(await until('the application answers', async () => (await get(url)).body)).toBe('ok')
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
    const other = createHttpServer((_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ pid: process.pid, protocol: 99, version: '9.9.9' }))
    })
    rmSync(socket, { force: true })
    await new Promise<void>(resolve => other.listen(socket, resolve))

    const answer = await runFailing(workspace, ['projects'])
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

describe.skipIf(!isRoot)('a build without its tools (needs root, to hide them)', () => {
  it('names them and how to install them', async () => {
    const platform = startWithout([/^php(\d+\.\d+)?$/, /^python3(\.\d+)?$/])
    try {
      await until(
        'the platform runs',
        async () => z.safeParse(status, await workspace.json(['platform', 'status'])).success,
      )
      const php = writeFiles(workspace, 'php', { 'composer.json': '{}', 'index.php': '<?php echo 1;' })
      const python = writeFiles(workspace, 'python', {
        Procfile: 'web: python3 app.py',
        'app.py': '',
        'requirements.txt': '',
      })
      for (const [tool, source] of Object.entries({ php, python })) {
        const answer = await runFailing(workspace, ['deploy', source, ...APP_TARGET])

        expect(answer).toMatchObject({ code: 'failed.tool-missing', exitCode: 7 })
        expect(answer.message).toContain(tool)
        expect(answer.suggestions.join(' ')).toContain('apt-get install')
      }
    } finally {
      await workspace.aloft(['platform', 'stop', '--all'])
      if (platform.exitCode === null) await new Promise(resolve => platform.once('exit', resolve))
    }
  })
})

/** Listens where the URL points to, unless another program, as that of another test, already does. */
async function hold(url: string): Promise<() => void> {
  const server = createServer()
  await new Promise<void>(resolve => {
    server.once('error', () => resolve())
    server.listen(Number(new URL(url).port), '127.0.0.1', resolve)
  })
  return () => server.close()
}

async function end(child: ChildProcess, platform: number): Promise<void> {
  const exited = new Promise(resolve => child.once('exit', resolve))
  process.kill(platform, 'SIGTERM')
  await exited
}

/** A platform with mounts of its own: in the places of these programs it sees nothing that can be run. */
function startWithout(programs: readonly RegExp[]): ChildProcess {
  const hidden = ['/usr/local/bin', '/usr/bin', '/bin'].flatMap(directory =>
    readdirSync(directory)
      .filter(name => programs.some(program => program.test(name)))
      .map(name => join(directory, name)),
  )
  const script = [...hidden.map(path => `mount --bind /dev/null ${path}`), 'exec "$@"'].join('\n')
  const run = [process.execPath, join(repository, 'bin/run.js'), 'platform', 'run']
  return spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...run], {
    env: { ...process.env, ALOFT_HOME: workspace.home },
    stdio: 'ignore',
  })
}
