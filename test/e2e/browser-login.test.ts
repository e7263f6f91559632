import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AuthorizationServer, startAuthorizationServer } from '../helpers/fakes/authorization-server.ts'
import { type RemotePlatform, startRemotePlatform } from '../helpers/fakes/remote-platform.ts'
import { browse } from '../helpers/scripted-browser.ts'
import { filesBelow, runFailing } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const ADA = { login: 'ada', password: 'any' }

let server: AuthorizationServer
let workspace: Workspace

beforeEach(async () => {
  workspace = createWorkspace()
  server = await startAuthorizationServer()
})
afterEach(async () => {
  await workspace.close()
  await server.close()
})

interface Running {
  /** The first match of the pattern on stderr: its group, or all of it. */
  said(pattern: RegExp): Promise<string>
  end(): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }>
}

function run(...args: string[]): Running {
  const child: ChildProcess = workspace.start(['login', '--url', server.url, '--name', 'work', ...args])
  let [stderr, stdout] = ['', '']
  child.stderr?.on('data', chunk => (stderr += String(chunk)))
  child.stdout?.on('data', chunk => (stdout += String(chunk)))
  const closed = once(child, 'close')
  return {
    async end() {
      const [code]: unknown[] = await closed
      return { exitCode: Number(code), stderr, stdout }
    },
    said: pattern =>
      until(`${pattern} on stderr`, () => {
        const match = pattern.exec(stderr)
        return match ? (match[1] ?? match[0]) : undefined
      }),
  }
}

async function loginWithBrowser(): Promise<void> {
  const login = run('--no-browser')
  await browse(await login.said(/Log in at (\S+)/), { types: ADA })
  expect(await login.end()).toMatchObject({ exitCode: 0 })
}

describe('login with a browser', () => {
  it('keeps who logged in there, and shows tokens to nobody', async () => {
    const login = run('--no-browser', '--json')
    const url = new URL(await login.said(/Log in at (\S+)/))
    const page = await browse(url.href, { types: ADA })
    const { exitCode, stderr, stdout } = await login.end()

    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      code_challenge_method: 'S256',
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/),
    })
    expect(page).toContain('Go on in your terminal')
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ result: { account: 'work', credential: 'file', user: 'ada' } })
    expect(await workspace.json(['whoami'])).toMatchObject({ identity: { user: 'ada' } })
    // compiled code has the names of fields in it
    const written = filesBelow(workspace.home).filter(file => !file.includes('/cache/code/'))
    const files = written.map(file => readFileSync(file, 'utf8'))
    expect([stderr, stdout, ...files].join('\n')).not.toMatch(/refreshToken|access_token/)
  })

  it('turns away an answer with another state, and waits for the right one', async () => {
    const login = run('--no-browser')
    const url = new URL(await login.said(/Log in at (\S+)/))
    const forged = new URL(url.searchParams.get('redirect_uri') ?? '')
    forged.search = '?code=forged&state=forged'

    expect((await fetch(forged)).status).toBe(400)
    await browse(url.href, { types: ADA })

    expect(await login.end()).toMatchObject({ exitCode: 0 })
  })

  it('says that it was denied, and keeps nothing', async () => {
    const login = run('--no-browser', '--json')
    await browse(await login.said(/Log in at (\S+)/), { denies: true })
    const { exitCode, stdout } = await login.end()

    expect(exitCode).toBe(4)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'auth.login-denied' } })
    expect(await workspace.json(['login', 'status'])).toMatchObject({ account: { name: 'local' } })
  })

  it('gives up when nobody comes', async () => {
    const { exitCode, stderr } = await run('--no-browser', '--timeout', '1s').end()

    expect(exitCode).toBe(4)
    expect(stderr).toContain('auth.login-timeout')
  })

  it('names the port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = String(typeof address === 'object' ? address?.port : '')

    const { exitCode, stderr } = await run('--no-browser', '--callback-port', port).end()
    other.close()

    expect(exitCode).toBe(6)
    expect(stderr).toContain(port)
  })

  it('refuses without a terminal, naming what works there', async () => {
    const { exitCode, stderr } = await run('--browser').end()

    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/--token-stdin.*--device/)
  })

  it('says when an address has no such login', async () => {
    const remote: RemotePlatform = await startRemotePlatform()

    expect(await runFailing(workspace, ['login', '--url', remote.url, '--device'])).toMatchObject({
      code: 'unsupported.login',
      exitCode: 9,
    })
    await remote.close()
  })
})

describe('a login with a browser', () => {
  it('is renewed once, however many commands need it at the same time', async () => {
    server.setTokenLifetime(10)
    await loginWithBrowser()
    server.setTokenLifetime(3600)

    const answers = await Promise.all([1, 2, 3, 4].map(() => workspace.aloft(['login', 'status'])))

    expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0])
    expect(server.refreshes()).toBe(1)
  })

  it('is over when the server says so', async () => {
    server.setTokenLifetime(10)
    await loginWithBrowser()
    await server.endLogins()

    expect(await runFailing(workspace, ['login', 'status'])).toMatchObject({
      code: 'auth.invalid',
      exitCode: 4,
      suggestions: [`log in again: aloft login --url ${server.url}`],
    })
  })

  it('ends at the server with logout', async () => {
    await loginWithBrowser()

    expect(await workspace.aloft(['logout', '--revoke'])).toMatchObject({ exitCode: 0 })
    expect(server.revocations()).toBe(1)
  })
})

describe('login with a device code', () => {
  it('waits as slowly as it is told, until somebody enters the code', async () => {
    server.slowDown()
    const login = run('--device')
    const [url, code] = [await login.said(/Open (\S+)/), await login.said(/the code (\S+)/)]

    await browse(url, { types: { ...ADA, user_code: code } })

    expect(await login.end()).toMatchObject({ exitCode: 0 })
    expect(await workspace.json(['whoami'])).toMatchObject({ identity: { user: 'ada' } })
  })

  it('says when the code was turned down', async () => {
    const login = run('--device')
    const [url, code] = [await login.said(/Open (\S+)/), await login.said(/the code (\S+)/)]
    await browse(url, { denies: true, types: { user_code: code } })

    const { exitCode, stderr } = await login.end()

    expect({ exitCode, stderr }).toEqual({ exitCode: 4, stderr: expect.stringContaining('auth.login-denied') })
  })

  it('says when nobody entered the code in time', async () => {
    await server.close()
    server = await startAuthorizationServer({ deviceCodeSeconds: 1 })

    const { exitCode, stderr } = await run('--device').end()

    expect({ exitCode, stderr }).toEqual({ exitCode: 4, stderr: expect.stringContaining('auth.login-timeout') })
  })
})
