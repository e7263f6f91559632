import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import * as z from 'zod/mini'
import { inspectServer } from '../../src/lib/providers/inspection.ts'
import { checkSkew } from '../../src/lib/cli/doctor/servers.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type CliOptions, type Workspace } from '../helpers/workspace.ts'

const checks = z.array(
  z.object({ detail: z.string(), fix: z.optional(z.string()), name: z.string(), state: z.string() }),
)
const document = z.object({
  error: z.optional(z.object({ details: z.object({ checks, fixed: z.array(z.string()) }) })),
  result: z.optional(z.object({ checks, fixed: z.array(z.string()) })),
})

describe('doctor', () => {
  let workspace: Workspace

  beforeEach(() => void (workspace = createWorkspace()))
  afterEach(() => workspace.close())

  async function examine(args: readonly string[] = [], options: CliOptions = {}) {
    const { exitCode, stdout } = await workspace.aloft(['doctor', ...args, '--json'], options)
    const { error, result } = z.parse(document, JSON.parse(stdout))
    const found = result ?? error?.details
    return { exitCode, fixed: found?.fixed, of: (name: string) => found?.checks.find(check => check.name === name) }
  }

  it('looks at everything on a fresh machine, and starts nothing', async () => {
    const { exitCode, of } = await examine()

    expect(exitCode).toBe(0)
    for (const name of ['node', 'home', 'settings', 'credentials', 'proxy', 'clock', 'platform', 'isolation', 'disk'])
      expect(of(name)).toMatchObject({ state: expect.stringMatching(/ok|warning/) })
    for (const name of ['link', 'npm', 'git', 'python3', 'php', 'composer']) expect(of(name)).toBeDefined()
    expect((await workspace.aloft(['platform', 'status'])).stdout).toBe('not running\n')
  })

  it('closes with --fix what others may look into, and says what is wrong with settings', async () => {
    const config = join(workspace.home, 'config')
    mkdirSync(config, { recursive: true })
    chmodSync(config, 0o755)

    const before = await examine()
    expect(before.exitCode).toBe(7)
    expect(before.of('home')).toMatchObject({
      detail: expect.stringContaining(`others may look into ${config}`),
      state: 'failed',
    })
    const after = await examine(['--fix'])
    expect(after).toMatchObject({ exitCode: 0, fixed: ['home'] })
    expect(statSync(config).mode & 0o077).toBe(0)

    writeFileSync(join(config, 'config.json'), '{\n  "accesible": true\n}\n', { mode: 0o600 })
    const broken = await examine()
    expect(broken.exitCode).toBe(7)
    expect(broken.of('settings')?.detail).toContain('line 2: there is no setting "accesible"')
  })

  it('tells of a platform that was killed and of a link that leads nowhere, and starts the platform with --fix', async () => {
    const directory = join(workspace.directory, 'shop')
    mkdirSync(directory)
    await workspace.json(['projects', 'create', 'shop'])
    await workspace.json(['environments', 'create', 'main', '--project', 'shop'])
    await workspace.json(['link', '--project', 'shop', '--environment', 'main'], { cwd: directory })
    expect((await examine([], { cwd: directory })).of('link')).toMatchObject({ state: 'ok' })
    await workspace.json(['environments', 'delete', 'main', '--project', 'shop', '--confirm', 'main'])
    const lost = await examine([], { cwd: directory })
    expect(lost.exitCode).toBe(7)
    expect(lost.of('link')).toMatchObject({ fix: 'aloft link', state: 'failed' })

    const pid = await workspace.platformPid()
    process.kill(pid, 'SIGKILL')
    await until('it is gone', () => !isAlive(pid))
    expect((await examine()).of('platform')).toMatchObject({ fix: 'aloft platform start', state: 'warning' })
    expect(await examine(['--fix'])).toMatchObject({ fixed: ['platform'] })
    expect(await workspace.platformPid()).not.toBe(pid)
  })

  it('names a proxy and certificates that cannot be used', async () => {
    const proxy = await examine([], { environment: { HTTPS_PROXY: 'ftp://proxy.example:21' } })
    expect(proxy.exitCode).toBe(7)
    expect(proxy.of('proxy')).toMatchObject({ fix: expect.stringContaining('http://HOST:PORT'), state: 'failed' })

    const authority = await examine([], { environment: { ALOFT_CA_FILE: '/nowhere/ca.pem' } })
    expect(authority.exitCode).toBe(7)
    expect(authority.of('proxy')?.detail).toContain('/nowhere/ca.pem cannot be read')
  })

  it('compares the clock with the servers of accounts', async () => {
    const server = createServer((_request, response) => {
      response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString())
      response.end('{}')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- listening on TCP
    const { port } = server.address() as AddressInfo
    const { signal } = new AbortController()

    const answer = await inspectServer(new URL(`http://127.0.0.1:${port}`), {}, signal)

    expect(answer.remedies).toBeUndefined()
    expect(checkSkew([answer])).toMatchObject({ fix: expect.stringContaining('set the time'), state: 'failed' })
    expect(checkSkew([{ skewMs: -20_000 }])).toMatchObject({ detail: "20 s ahead of the server's", state: 'ok' })
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
