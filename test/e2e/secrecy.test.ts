import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { get } from '../helpers/load.ts'
import {
  APP_SERVER,
  APP_TARGET,
  deployApp,
  filesBelow,
  listActivities,
  urlOf,
  writeFiles,
} from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

let workspace: Workspace

beforeEach(() => void (workspace = createWorkspace()))
afterEach(() => workspace.close())

describe('what nobody may see', () => {
  it('shows a secret to the application alone', async () => {
    const secret = `s3cr3t-${randomBytes(12).toString('hex')}`
    const url = await deployApp(
      workspace,
      "require('node:http').createServer((q, r) => r.end(process.env.KEY ?? 'none')).listen(process.env.PORT)\n",
    )
    const argv: string[] = []
    const watching = setInterval(() => argv.push(...commandLines()), 20)

    const set = await workspace.aloft(['variables', 'set', 'KEY=-', '--secret', ...APP_TARGET], { input: secret })
    await until('the application has it', async () => (await get(url)).body === secret)
    clearInterval(watching)

    const said = [set.stdout, set.stderr]
    for (const args of [
      ['variables', ...APP_TARGET],
      ['activities', '-p', 'app'],
      ['logs', ...APP_TARGET, '-n', '500'],
    ]) {
      said.push((await workspace.aloft(args)).stdout, (await workspace.aloft([...args, '--json'])).stdout)
    }
    for (const { id } of await listActivities(workspace)) {
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
    await deployApp(workspace, APP_SERVER, { environment: { PLANTED: 'by the client' } })
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
    const source = writeFiles(workspace, 'spy', {
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
    const url = await urlOf(workspace, 'spy')

    const seen: unknown = JSON.parse(
      await until('it has looked', async () => {
        const { body } = await get(url)
        return body.includes('live') && body
      }),
    )
    expect(seen).toEqual({ built: [], live: [] })
  })
})

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
