import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { APP_SERVER, APP_TARGET, deployApp, filesBelow } from '../helpers/small-app.ts'
import { createWorkspace, type CliResult, type Workspace } from '../helpers/workspace.ts'

const created = z.object({ name: z.string(), token: z.string() })
const status = z.object({ addresses: z.object({ api: z.string() }) })
const entries = z.array(z.object({ call: z.string(), status: z.number(), token: z.optional(z.string()) }))

/** The platform of one user, and another home that reaches it with tokens as from elsewhere. */
describe('tokens of the platform and the record of its calls', () => {
  let workspace: Workspace
  let elsewhere: Workspace
  let url: string
  const tokens: string[] = []

  beforeAll(async () => {
    workspace = createWorkspace()
    elsewhere = createWorkspace()
    await deployApp(workspace, APP_SERVER)
    await workspace.json(['projects', 'create', 'other'])
    url = z.parse(status, await workspace.json(['platform', 'status'])).addresses.api
  })
  afterAll(async () => {
    await workspace?.close()
    await elsewhere?.close()
  })

  async function logIn(name: string, ...flags: string[]): Promise<void> {
    const { token } = z.parse(created, await workspace.json(['tokens', 'create', name, ...flags]))
    tokens.push(token)
    const args = ['login', '--url', url, '--name', name, '--token-stdin']
    expect(await elsewhere.aloft(args, { input: token })).toMatchObject({ exitCode: 0 })
  }

  const as = (name: string, ...args: string[]): Promise<CliResult> => elsewhere.aloft([...args, '--account', name])

  it('lets a token do what it was made for and no more, and says what it lacks', async () => {
    await logIn('reader', '--scope', 'read')
    await logIn('operator', '--scope', 'deploy', '--expires', '1h')

    expect(await as('reader', 'services', ...APP_TARGET)).toMatchObject({ exitCode: 0 })
    const refused = await as('reader', 'restart', ...APP_TARGET)
    expect(refused.exitCode).toBe(4)
    expect(refused.stderr).toContain('the token "reader" may only read, and this needs deploy')
    expect(await as('operator', 'restart', ...APP_TARGET)).toMatchObject({ exitCode: 0 })
    expect(await as('operator', 'variables', 'set', 'A=1', ...APP_TARGET)).toMatchObject({ exitCode: 4 })
    const shell = await as('operator', 'exec', ...APP_TARGET, '--', 'true')
    expect(shell.exitCode).toBe(255)
    expect(shell.stderr).toContain('auth.forbidden')
  })

  it('keeps a token of one project to it', async () => {
    await logIn('shop-only', '--project', 'other')

    expect((await as('shop-only', 'projects')).stdout).toMatch(/^other\t/)
    expect((await as('shop-only', 'projects')).stdout).not.toContain('app')
    expect(await as('shop-only', 'services', ...APP_TARGET)).toMatchObject({ exitCode: 4 })
    expect(await as('shop-only', 'projects', 'create', 'third')).toMatchObject({ exitCode: 4 })
    expect((await as('shop-only', 'activities')).stdout).toBe('')
    expect(await workspace.aloft(['tokens', 'create', 'x', '--project', 'othr'])).toMatchObject({ exitCode: 5 })
  })

  it('ends with its token', async () => {
    expect(await workspace.aloft(['tokens', 'revoke', 'reader'])).toMatchObject({ exitCode: 0 })
    expect(await as('reader', 'projects')).toMatchObject({ exitCode: 4 })
  })

  it('asks a platform that runs in one call', async () => {
    await workspace.json(['whoami'])
    await workspace.json(['projects'])

    const recorded = z.parse(entries, await workspace.json(['audit', 'list', '-n', '3']))
    // `audit list` itself begins with the status
    expect(recorded.map(({ call }) => call)).toEqual(['GET /v1/status', 'GET /v1/projects', 'GET /v1/identity'])
  })

  it('records every call with who made it, refused ones too, and no secret', async () => {
    const recorded = z.parse(entries, await workspace.json(['audit', 'list', '--token', 'operator']))
    const paths = recorded.map(({ call, status: code }) => `${call} ${code}`)

    expect(paths).toContain('POST /v1/projects/app/environments/main/restart 202')
    expect(paths).toContain('PATCH /v1/projects/app/environments/main/variables 403')
    expect(paths).toContain('GET /v1/projects/app/environments/main/session 403')
    const all = z.parse(entries, await workspace.json(['audit', 'list', '-n', '1000']))
    expect(all).toContainEqual(expect.objectContaining({ status: 401 }))
    for (const file of filesBelow(workspace.home)) {
      const bytes = readFileSync(file)
      for (const token of tokens) expect(bytes.includes(token), `${file} has a token`).toBe(false)
    }
  })

  it('is found out when somebody edits it', async () => {
    expect((await workspace.aloft(['audit', 'verify'])).stdout).toMatch(/^\d+ calls, 1 to \d+: whole and unchanged\n$/)

    const directory = join(workspace.home, 'data/audit')
    const file = join(directory, readdirSync(directory)[0] ?? '')
    const edited = readFileSync(file, 'utf8').replace('environments/main/restart', 'environments/main/nothing')
    writeFileSync(file, edited)

    const verified = await workspace.aloft(['audit', 'verify'])
    expect(verified.exitCode).toBe(7)
    expect(verified.stderr).toMatch(/the record of calls is not as it was written: \d+\.jsonl, line \d+: entry \d+/)
    expect(verified.stderr).toContain('failed.audit')
  })
})
