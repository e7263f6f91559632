import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { startCuttingProxy } from '../helpers/cutting-proxy.ts'
import { watchOutput } from '../helpers/output.ts'
import { writeFiles } from '../helpers/small-app.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const CONFIGURATION = `applications:
  app:
    type: nodejs:24
    build: {flavor: none}
    hooks:
      build: |
        echo building
        sleep 2
        echo built
    web:
      commands: {start: node server.js}
routes:
  http://{default}/: {type: upstream, upstream: 'app:http'}
`
const SERVER = "require('node:http').createServer((q, r) => r.end('ok')).listen(process.env.PORT)\n"

describe('a command that follows an activity', () => {
  let workspace: Workspace
  let source: string
  let round = 0

  beforeAll(() => {
    workspace = createWorkspace()
    source = writeFiles(workspace, 'app', { 'aloft.yaml': CONFIGURATION, 'server.js': SERVER })
  })
  afterAll(() => workspace?.close())

  it('starts a platform that was killed again, and tells how the activity ended', async () => {
    const before = await workspace.platformPid().catch(() => undefined)
    const running = deploy()
    await running.says('building')
    const pid = await workspace.platformPid()
    process.kill(pid, 'SIGKILL')

    expect(await running.exitCode).toBe(0)

    expect(before).toBeUndefined()
    expect(running.output()).toContain('built')
    expect(running.output()).toContain('http://')
    expect(await workspace.platformPid()).not.toBe(pid)
  })

  it('leaves a platform that was stopped as it is, and says how to follow the activity again', async () => {
    const running = deploy()
    await running.says('building')
    await workspace.json(['platform', 'stop'])

    expect(await running.exitCode).toBe(75)

    const [, again = ''] = /follow it again: aloft (activities log \S+)/.exec(running.output()) ?? []
    expect((await workspace.aloft(['platform', 'status'])).stdout).toContain('not running')
    expect((await workspace.aloft([...again.split(' '), '--follow'])).stdout).toContain('built')
  })

  it('does not start a platform that belongs to somebody else', async () => {
    const shown = z.parse(
      z.object({ addresses: z.object({ api: z.string() }), pid: z.number() }),
      await workspace.json(['platform', 'start']),
    )
    const { token } = z.parse(z.object({ token: z.string() }), await workspace.json(['tokens', 'create', 'other']))
    // whoever takes the platform's own port after it would answer in its place
    const proxy = await startCuttingProxy(new URL(shown.addresses.api), 0, () => Infinity)
    await workspace.json(['login', '--url', proxy.url, '--name', 'other', '--token-stdin'], { input: token })
    const running = deploy('--account', 'other')
    await running.says('building')
    process.kill(shown.pid, 'SIGKILL')
    await proxy.close()

    expect(await running.exitCode).toBe(75)

    expect(running.output()).toMatch(/follow it again: aloft activities log \S+/)
    expect((await workspace.aloft(['platform', 'status'])).stdout).toContain('not running')
  })

  /** A deploy that has to build. */
  function deploy(...flags: string[]) {
    writeFiles(workspace, 'app', { 'round.txt': String(++round) })
    return watchOutput(workspace.start(['deploy', source, '--project', 'app', '--environment', 'main', ...flags]))
  }
})
