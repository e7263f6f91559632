import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { APP_SERVER, APP_TARGET, deployApp, filesBelow, listActivities } from '../helpers/small-app.ts'
import { type CliOptions, type CliResult, createWorkspace, type Workspace } from '../helpers/workspace.ts'

const plant = (what: string): string => `planted-${what}-${randomBytes(9).toString('hex')}`

let workspace: Workspace
let echo: Server
let echoUrl: string

/** A broken server that says back, as plain text or as an error document, whatever it was told. */
beforeAll(async () => {
  workspace = createWorkspace()
  echo = createServer((request, response) => {
    let body = ''
    request.on('data', chunk => (body += String(chunk)))
    request.on('end', () => {
      const said = `you said ${request.headers.authorization} and ${body}`
      const document = { error: { code: 'internal', details: { said: [said] }, message: said, suggestions: [said] } }
      const isDocument = request.method !== 'GET'
      response
        .writeHead(500, { 'content-type': isDocument ? 'application/json' : 'text/plain', 'x-said': encodeURI(said) })
        .end(isDocument ? JSON.stringify(document) : said)
    })
  })
  await new Promise<void>(resolve => void echo.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a TCP server that listens
  echoUrl = `http://127.0.0.1:${(echo.address() as AddressInfo).port}`
})
afterAll(async () => {
  echo.close()
  await workspace.close()
})

it('shows no secret anywhere: not with --debug, not in errors, not in what is kept', async () => {
  const secret = plant('variable')
  const password = plant('proxy')
  const userinfo = plant('userinfo')
  const said: string[] = []
  /** As text and as JSON, with --debug; exit codes are looked at below. */
  const run = async (args: readonly string[], options: CliOptions = {}): Promise<CliResult[]> => {
    const results: CliResult[] = []
    for (const format of [[], ['--json']]) {
      const environment = { ALOFT_CREDENTIAL_STORE: 'file', ...options.environment }
      const result = await workspace.aloft([...args, ...format, '--debug'], { ...options, environment })
      said.push(result.stdout, result.stderr)
      results.push(result)
    }
    return results
  }
  const setVariable = ['variables', 'set', 'KEY=-', '--secret', ...APP_TARGET]

  await deployApp(workspace, APP_SERVER)
  // its stdout is the one place where the token may stand
  const created = await workspace.aloft(['tokens', 'create', 'ci', '--json', '--debug'])
  said.push(created.stderr)
  const { token } = z.parse(z.object({ result: z.object({ token: z.string() }) }), JSON.parse(created.stdout)).result
  const status = z.object({ addresses: z.object({ api: z.string() }) })
  const { addresses } = z.parse(status, await workspace.json(['platform', 'status']))

  const logins = await run(['login', '--url', addresses.api, '--name', 'ci', '--token-stdin'], { input: token })
  expect(logins.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  const variables = await run(setVariable, { input: secret })
  expect(variables.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  const deployed = await run(['deploy', `${workspace.directory}/app`, ...APP_TARGET])
  expect(deployed.map(({ exitCode }) => exitCode)).toEqual([0, 0])
  for (const { id } of await listActivities(workspace))
    said.push((await workspace.aloft(['activities', 'log', id, '--debug'])).stderr)

  const cloud = { ALOFT_ADDRESS: echoUrl, ALOFT_TOKEN: token }
  const echoed = [
    ...(await run(['projects'], { environment: cloud })),
    ...(await run(setVariable, { environment: cloud, input: secret })),
  ]
  expect(echoed.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1, 1])
  for (const { stderr, stdout } of echoed) expect(stderr + stdout).toContain('you said Bearer [redacted]')
  const proxied = await run(['projects'], {
    environment: {
      ALOFT_ADDRESS: 'https://cloud.example',
      ALOFT_TOKEN: token,
      HTTPS_PROXY: `http://me:${password}@127.0.0.1:9`,
    },
  })
  expect(proxied.map(({ exitCode }) => exitCode)).toEqual([75, 75])
  for (const { stderr } of proxied) expect(stderr).toContain('through the proxy http://127.0.0.1:9')
  const named = echoUrl.replace('//', `//me:${userinfo}@`)
  const refused = [
    ...(await run(['projects'], { environment: { ALOFT_ADDRESS: named, ALOFT_TOKEN: token } })),
    ...(await run(['login', '--url', named, '--token-stdin'], { input: token })),
  ]
  expect(refused.map(({ exitCode }) => exitCode)).toEqual([2, 2, 2, 2])

  const secrets = [secret, token, password, userinfo]
  const needles = secrets.flatMap(each => [
    each,
    encodeURIComponent(each),
    Buffer.from(each).toString('base64').slice(0, -4),
  ])
  for (const needle of needles) expect(said.filter(text => text.includes(needle))).toEqual([])
  const kept = filesBelow(workspace.home)
  expect(kept.some(file => file.endsWith('platform.log'))).toBe(true)
  for (const file of kept) {
    const bytes = readFileSync(file)
    for (const needle of needles) expect(bytes.includes(needle), `${file} has ${needle}`).toBe(false)
  }
})
