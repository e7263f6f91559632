import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { fillDisk } from '../helpers/fill-disk.ts'
import { get } from '../helpers/load.ts'
import { APP_SERVER, APP_TARGET, deployApp, listActivities, runFailing, writeFiles } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const platformStatus = z.object({ addresses: z.object({ api: z.string() }) })
const isRoot = process.getuid?.() === 0

let workspace: Workspace

beforeEach(() => void (workspace = createWorkspace()))
afterEach(() => workspace.close())

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
    const url = await deployApp(workspace)
    const before = used()
    const source = writeFiles(workspace, 'big', {
      'index.html': 'hello',
      'big.bin': randomBytes((SIZE_MB + 20) * 1024 * 1024),
    })

    const answer = await runFailing(workspace, ['deploy', source, ...APP_TARGET])

    expect(answer).toMatchObject({ code: 'failed.disk-full', exitCode: 7 })
    expect(used()).toBeLessThan(before + 2 * 1024 * 1024)
    expect((await get(url)).body).toBe('ok')
    expect((await listActivities(workspace)).filter(({ state }) => state !== 'finished')).toEqual([])
  })

  it('fails the build, gives the space back and leaves the running release alone', async () => {
    const url = await deployApp(workspace)
    const before = used()
    const source = writeFiles(workspace, 'fat', {
      'aloft.yaml': `applications:
  web:
    type: nodejs:24
    hooks: {build: 'dd if=/dev/zero of=fat bs=1M count=${SIZE_MB + 20}'}
    web: {commands: {start: node server.js}}
`,
      'server.js': APP_SERVER,
    })

    const answer = await runFailing(workspace, ['deploy', source, ...APP_TARGET])

    expect(answer).toMatchObject({ code: 'failed.disk-full', exitCode: 7 })
    expect(used()).toBeLessThan(before + 4 * 1024 * 1024)
    expect((await get(url)).body).toBe('ok')
    expect((await listActivities(workspace)).filter(({ state }) => state !== 'finished')).toEqual([])
  })

  it('goes on with a release whose instance dies meanwhile', async () => {
    const url = await deployApp(
      workspace,
      "require('node:http').createServer((q, r) => r.end(`${process.pid} ${Date.now()}`)).listen(process.env.PORT)\n",
    )
    const before = await instancePid()
    const { addresses } = z.parse(platformStatus, await workspace.json(['platform', 'status']))
    const filler = join(workspace.home, 'data', 'filler')
    fillDisk(filler)

    process.kill(before, 'SIGKILL')
    await until('it is back', async () => (await get(url)).status === 200 && (await instancePid()) !== before)
    // what the platform keeps for such a case is given up by now
    fillDisk(filler)
    // more than what the last block of the record of calls has room for
    for (let call = 0; call < 40; call++) expect((await get(`${addresses.api}/v1/projects`)).status).toBe(401)
    rmSync(filler)

    expect((await get(url)).status).toBe(200)
    expect(await workspace.aloft(['restart', ...APP_TARGET])).toMatchObject({ exitCode: 0 })
    expect(await workspace.aloft(['audit', 'verify'])).toMatchObject({ exitCode: 0 })
    expect(await workspace.json(['audit'])).toContainEqual(expect.objectContaining({ lost: expect.any(Number) }))
  })
})

function used(): number {
  const answer = execFileSync('df', ['-B1', '--output=used', join(workspace.home, 'data')])
  return Number(answer.toString().split('\n')[1])
}

async function instancePid(): Promise<number> {
  const services = z.array(z.object({ instances: z.array(z.object({ pid: z.number() })) }))
  const [web] = z.parse(services, await workspace.json(['services', ...APP_TARGET]))
  return web?.instances[0]?.pid ?? 0
}
