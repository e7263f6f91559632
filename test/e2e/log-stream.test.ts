import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { startCuttingProxy } from '../helpers/cutting-proxy.ts'
import { get } from '../helpers/load.ts'
import { createRandom } from '../helpers/random.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['--project', 'chatty', '--environment', 'main']
const LINES = 200_000
const CUTS = 50
/** Says 10,000 numbered lines when asked. */
const SERVER = `
let said = 0
require('node:http').createServer((request, response) => {
  if (request.url !== '/say') return response.end('ok')
  const say = () => {
    let text = ''
    for (let line = 0; line < 1000; line++) text += 'line ' + ++said + ' of many, with some text to make it as long as usual\\n'
    process.stdout.write(text, () => (said % 10000 === 0 ? response.end('said') : setImmediate(say)))
  }
  say()
}).listen(process.env.PORT)
`

describe('a log stream', () => {
  let workspace: Workspace
  let url: string

  beforeAll(async () => {
    workspace = createWorkspace()
    const source = join(workspace.directory, 'chatty')
    mkdirSync(source)
    writeFileSync(join(source, 'server.js'), SERVER)
    writeFileSync(
      join(source, 'package.json'),
      JSON.stringify({ name: 'chatty', scripts: { start: 'node server.js' } }),
    )
    await workspace.json(['deploy', source, ...TARGET])
    const { urls } = z.parse(
      z.object({ urls: z.array(z.string()) }),
      await workspace.json(['environments', 'show', 'main', '--project', 'chatty']),
    )
    url = urls.find(each => each.includes('127.0.0.1')) ?? ''
  })
  afterAll(() => workspace?.close())

  it(`cut ${CUTS} times while ${LINES} lines flow brings every line once and in order, or says what is gone`, async () => {
    const { addresses } = z.parse(
      z.object({ addresses: z.object({ api: z.string() }) }),
      await workspace.json(['platform', 'status']),
    )
    const random = createRandom(7)
    const proxy = await startCuttingProxy(new URL(addresses.api), CUTS, () => 20_000 + random.below(400_000))
    const { token } = z.parse(z.object({ token: z.string() }), await workspace.json(['tokens', 'create', 'reader']))
    const login = await workspace.aloft(['login', '--url', proxy.url, '--token-stdin', '--name', 'cut'], {
      input: token,
    })
    expect(login.exitCode, login.stderr).toBe(0)
    const child = workspace.start([
      'logs',
      ...TARGET,
      '--follow',
      '--lines',
      String(2 * LINES),
      '--json',
      '--account',
      'cut',
    ])
    if (!child.stdout) throw new Error('the child has no stdout')

    const saying = sayAll(`${url}say`)
    const seen: number[] = []
    let gone = 0
    for await (const line of createInterface({ input: child.stdout })) {
      const record = z.parse(
        z.object({ dropped: z.optional(z.number()), message: z.optional(z.string()), type: z.string() }),
        JSON.parse(line),
      )
      const number = /^line (\d+) /.exec(record.message ?? '')?.[1]
      if (number !== undefined) seen.push(Number(number))
      if (record.type === 'gap') gone += record.dropped ?? 0
      if (seen.length + gone >= LINES) break
    }
    child.kill('SIGTERM')
    await saying
    await workspace.aloft(['logout', '--account', 'cut'])
    await proxy.close()

    expect(proxy.cuts()).toBe(CUTS)
    expect(gone).toBe(0)
    expect(seen.findIndex((number, index) => number !== index + 1)).toBe(-1)
    expect(seen).toHaveLength(LINES)
  })

  it('does not let the client grow while its reader takes 1 MB a second', async () => {
    const idle = await peakOfReader(1, 1)
    const busy = await peakOfReader(LINES, 3_000_000)

    expect(busy - idle).toBeLessThan(30)
  })

  /** Peak MiB of a client that follows from the last `lines` on, read at 1 MB/s until so many bytes were taken. */
  async function peakOfReader(lines: number, bytes: number): Promise<number> {
    const child = workspace.start(['logs', ...TARGET, '--follow', '--lines', String(lines)])
    const { stdout } = child
    if (!stdout) throw new Error('the child has no stdout')
    for (let taken = 0; taken < bytes; await new Promise(resolve => setTimeout(resolve, 64))) {
      const chunk: unknown = stdout.read(64 * 1024) ?? stdout.read()
      if (chunk instanceof Uint8Array) taken += chunk.length
    }
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]
    child.kill('SIGTERM')
    return Number(peak) / 1024
  }
})

async function sayAll(url: string): Promise<void> {
  for (let said = 0; said < LINES; said += 10_000) await get(url)
}
