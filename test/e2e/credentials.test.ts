import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RemotePlatform, startRemotePlatform } from '../helpers/fakes/remote-platform.ts'
import { filesBelow, runFailing } from '../helpers/small-app.ts'
import { watchProcesses } from '../helpers/watch-processes.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TOKEN = 'top-s3cret-t0ken'

let remote: RemotePlatform
let workspace: Workspace

beforeEach(async () => {
  workspace = createWorkspace()
  remote = await startRemotePlatform()
  remote.allow(TOKEN, { user: 'ada' })
})
afterEach(async () => {
  await workspace.close()
  await remote.close()
})

async function login(name: string, token = TOKEN): Promise<void> {
  const { exitCode } = await workspace.aloft(['login', '--url', remote.url, '--name', name, '--token-stdin'], {
    input: token,
  })
  expect(exitCode).toBe(0)
}

describe('logging in', () => {
  it('keeps a command instead of a token, and asks it at each use', async () => {
    const vault = join(workspace.directory, 'vault')
    writeFileSync(vault, `${TOKEN}\nuser: ada\n`)
    const command = `cat '${vault}'; echo opening the vault >&2`

    const loggedIn = await workspace.aloft(['login', '--url', remote.url, '--name', 'work', '--token-command', command])
    remote.allow('the next one', { user: 'ada' })
    writeFileSync(vault, 'the next one\n')
    const status = await workspace.aloft(['login', 'status', '--json'])

    expect(loggedIn).toMatchObject({ exitCode: 0, stderr: 'opening the vault\n' })
    expect(JSON.parse(status.stdout)).toMatchObject({
      result: { account: { credential: 'command', name: 'work' }, identity: { user: 'ada' } },
    })
    for (const file of filesBelow(workspace.home)) expect(readFileSync(file, 'utf8')).not.toContain(TOKEN)

    writeFileSync(vault, '')
    expect(await runFailing(workspace, ['login', 'status'])).toMatchObject({ code: 'auth.token-command', exitCode: 4 })
  })

  it('runs no such command behind the back of somebody who presses TAB', async () => {
    const asked = join(workspace.directory, 'asked')
    const command = `echo once >> '${asked}'; echo ${TOKEN}`
    await workspace.aloft(['login', '--url', remote.url, '--name', 'work', '--token-command', command])
    const before = readFileSync(asked, 'utf8')

    expect(await workspace.json(['completion', 'refresh', '--account', 'work'])).toEqual({ fetched: [] })
    expect(readFileSync(asked, 'utf8')).toBe(before)
    await workspace.aloft(['projects', '--account', 'work'])
    expect(readFileSync(asked, 'utf8')).not.toBe(before)
  })

  it('needs no login where the environment says who we are', async () => {
    const environment = { ALOFT_ADDRESS: remote.url, ALOFT_TOKEN: TOKEN }

    expect(await workspace.json(['login', 'status'], { environment })).toMatchObject({
      account: { address: remote.url, credential: 'environment' },
      identity: { user: 'ada' },
    })
    // no more than compiled code
    expect(readdirSync(workspace.home)).toEqual(['cache'])
    expect(readdirSync(join(workspace.home, 'cache'))).toEqual(['code'])
  })

  it('refuses without a terminal and without a flag, naming the flags', async () => {
    expect(await runFailing(workspace, ['login', '--url', remote.url])).toMatchObject({
      code: 'usage.input-required',
      exitCode: 2,
      message: expect.stringMatching(/--token-stdin.*--token-command/),
    })
  })
})

describe('login status', () => {
  it('exits 0 for the embedded platform, without starting it', async () => {
    expect(await workspace.json(['login', 'status'])).toEqual({
      account: { address: 'local', name: 'local', provider: 'platform' },
    })
    expect(await workspace.json(['platform', 'status'])).toMatchObject({ running: false })
  })

  it('exits 4 when the credential is not valid any more', async () => {
    remote.allow('for a while', { user: 'ada' })
    await login('work', 'for a while')
    await workspace.aloft(['logout', '--account', 'work', '--revoke'])
    await login('work')
    remote.allow('other', { user: 'eve' })
    await login('other', 'other')
    await workspace.aloft(['login', 'use', 'work'])

    expect(remote.isValid('for a while')).toBe(false)
    expect((await workspace.aloft(['login', 'status'])).exitCode).toBe(0)
    expect(await workspace.json(['login', 'status', '--account', 'other'])).toMatchObject({ identity: { user: 'eve' } })
    await workspace.aloft(['login', 'use', 'other'])
    expect(await workspace.json(['login', 'status'])).toMatchObject({ account: { name: 'other' } })

    const environment = { ALOFT_ADDRESS: remote.url, ALOFT_TOKEN: 'for a while' }
    expect(await runFailing(workspace, ['login', 'status'], { environment })).toMatchObject({
      code: 'auth.invalid',
      exitCode: 4,
    })
  })

  it('warns before a credential expires', async () => {
    remote.allow('short', { expiresAt: new Date(Date.now() + 3_600_000).toISOString(), user: 'ada' })
    const file = join(workspace.home, 'config/accounts.json')
    await login('work', 'short')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"since": "\d{4}/, '"since": "2020'))

    const { exitCode, stderr } = await workspace.aloft(['login', 'status'])

    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^Warning: the credential of work expires at /)
  })
})

describe('logout', () => {
  it('revokes and forgets every account', async () => {
    remote.allow('second', { user: 'eve' })
    await login('one')
    await login('two', 'second')

    expect(await workspace.json(['logout', '--all', '--revoke'])).toEqual({ accounts: ['one', 'two'] })

    expect([remote.isValid(TOKEN), remote.isValid('second')]).toEqual([false, false])
    expect(await workspace.json(['logout', '--all'])).toEqual({ accounts: [] })
    expect(await workspace.json(['logout', '--account', 'one'])).toEqual({ accounts: ['one'] })
  })

  it('leaves the account with --revoke when the server does not, and forgets it without', async () => {
    await login('work')
    remote.refuseToRevoke()

    expect((await workspace.aloft(['logout', '--revoke'])).exitCode).toBe(75)
    expect(await workspace.json(['login', 'status'])).toMatchObject({ account: { name: 'work' } })

    const { exitCode, stderr } = await workspace.aloft(['logout'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.stringContaining('could not be revoked') })
    expect(await workspace.json(['login', 'status'])).toMatchObject({ account: { name: 'local' } })
  })
})

describe('bad input', () => {
  it('names the nearest accounts', async () => {
    await login('work')

    for (const args of [
      ['login', 'use', 'wrok'],
      ['login', 'status', '--account', 'wrok'],
    ]) {
      expect(await runFailing(workspace, args)).toMatchObject({
        code: 'not-found.account',
        exitCode: 5,
        message: expect.stringContaining('nearest: work'),
      })
    }
  })

  it('names the place in a broken accounts.json, and starts what does not need it', async () => {
    mkdirSync(join(workspace.home, 'config'), { recursive: true })
    writeFileSync(join(workspace.home, 'config/accounts.json'), `{"accounts": [\n  {"token": "${TOKEN}" "name": 1}\n]}`)

    const broken = await runFailing(workspace, ['login', 'status'])

    expect(broken).toMatchObject({ code: 'usage.config', exitCode: 2 })
    expect(broken.message).toContain('config/accounts.json:2:')
    expect(broken.stdout + broken.stderr).not.toContain(TOKEN)
    for (const args of [
      ['explain', 'auth.required'],
      ['platform', 'status'],
      ['login', 'status', '--account', 'local'],
    ]) {
      expect((await workspace.aloft(args)).exitCode).toBe(0)
    }
  })
})

it.skipIf(process.platform !== 'linux')('shows a token to nobody', async () => {
  const said: string[] = []
  const watching = watchProcesses()
  const environment = { DEBUG: '*' }
  const run = async (args: readonly string[], input?: string): Promise<void> => {
    const { stderr, stdout } = await workspace.aloft(args, { environment, ...(input === undefined ? {} : { input }) })
    said.push(stdout, stderr)
  }
  const to = ['login', '--url', remote.url, '--name', 'work', '--token-stdin']

  await run(to, TOKEN)
  await run([...to, '--json'], TOKEN)
  await run(to, `${TOKEN}-refused`)
  await run(['login', '--url', `${remote.url}/elsewhere`, '--name', 'other', '--token-stdin'], TOKEN)
  await run(['whoami', '--json'])
  await run(['login', 'status'])
  await run(['projects'])
  await run(['logout', '--json'])
  said.push((await workspace.aloft(['whoami'], { environment: { ALOFT_TOKEN: TOKEN, DEBUG: '*' } })).stderr)

  said.push(watching.stop(), ...filesBelow(workspace.home).map(file => readFileSync(file, 'latin1')))
  for (const form of [TOKEN, Buffer.from(TOKEN).toString('base64'), Buffer.from(TOKEN).toString('hex')]) {
    expect(said.join('\n')).not.toContain(form)
  }
})
