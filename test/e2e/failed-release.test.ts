import { afterEach, beforeEach, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get } from '../helpers/load.ts'
import { watchOutput } from '../helpers/output.ts'
import { APP_TARGET, urlOf, writeFiles } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const CONFIGURATION = `applications:
  app:
    type: nodejs:24
    build: {flavor: none}
    strategy: stop-start
    web:
      commands: {start: node server.js}
routes:
  http://{default}/: {type: upstream, upstream: 'app:http'}
`
const SLOW = `setTimeout(() => require('node:http').createServer((q, r) => r.end('old')).listen(process.env.PORT), 1500)\n`
const BROKEN = `console.log('cannot find the database')\nprocess.exit(7)\n`
const services = z.array(z.object({ instances: z.array(z.unknown()) }))

let workspace: Workspace

beforeEach(() => void (workspace = createWorkspace()))
afterEach(() => workspace.close())

it('a release that failed says why, also when the platform is killed on the way back to the one before', async () => {
  const source = writeFiles(workspace, 'app', { 'aloft.yaml': CONFIGURATION, 'server.js': SLOW })
  await workspace.json(['deploy', source, ...APP_TARGET])
  writeFiles(workspace, 'app', { 'server.js': BROKEN })
  const running = watchOutput(workspace.start(['deploy', source, ...APP_TARGET]))
  await running.says('cannot find the database')
  await until('the old one is on its way back', async () => (await countLive()) === 1, 30_000)
  process.kill(await workspace.platformPid(), 'SIGKILL')

  expect(await running.exitCode).toBe(7)

  expect(running.output()).toContain('failed.start')
  expect(running.output()).toContain('cannot find the database')
  const [failed] = z.parse(
    z.array(z.object({ error: z.object({ details: z.record(z.string(), z.unknown()) }) })),
    await workspace.json(['activities', '--result', 'failure']),
  )
  expect(failed?.error.details).toMatchObject({
    lastLines: expect.arrayContaining(['cannot find the database']),
    phase: 'health',
  })
  expect((await get(await urlOf(workspace, 'app'))).body).toBe('old')
})

/** Instances of the release that is live: none while it is stopped. */
async function countLive(): Promise<number | undefined> {
  return z.parse(services, await workspace.json(['services', ...APP_TARGET]))[0]?.instances.length
}
