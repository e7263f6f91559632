import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findServiceType } from '../../../src/lib/platform/services/catalogue.ts'
import { until } from '../../helpers/until.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'

const TYPE = 'redis-persistent'
let platform: BackupPlatform | undefined
let shop: TestEnvironment

beforeAll(async () => {
  if ((await findServiceType(TYPE)?.locate())?.found !== true) return
  platform = new BackupPlatform()
  await platform.open()
  shop = await platform.deploy('shop', { cache: TYPE })
})
afterAll(() => platform?.dispose())

it('a service that reads its data at the start only is stopped while it is put in place', async context => {
  if (!platform) return context.skip('redis is not installed: apt-get install redis-server')
  await redis('SET color red\nSET size 3\n')
  const { backup } = await platform.backUp(shop, { only: ['database'] })
  expect(backup.contents).toMatchObject([{ name: 'cache', rows: 2 }])
  expect((await platform.verify(backup.id)).error).toBeUndefined()

  await redis('SET color blue\nDEL size\nSET shape round\n')
  const restored = await platform.restore(backup.id, shop)
  expect(restored.error).toBeUndefined()
  expect(await redis('GET color\nGET size\nGET shape\n')).toBe('red\n3\n\n')

  await platform.restore(String(restored.output?.['safetyBackup']), shop)
  expect(await redis('GET color\nGET size\nGET shape\n')).toBe('blue\n\nround\n')
})

it('a service that is just being started is waited for, as when a missed backup is made up', async context => {
  if (!platform) return context.skip('redis is not installed: apt-get install redis-server')
  const { engine } = platform.parts.deps
  await redis('SHUTDOWN NOSAVE\n')
  await until('it has ended', async () => (await engine.instances(shop.id)).every(isNotReady))

  const { activity, backup } = await platform.backUp(shop, { only: ['database'] })
  expect(activity.error).toBeUndefined()
  expect(backup.contents).toMatchObject([{ name: 'cache', rows: 2 }])
})

function isNotReady({ service, state }: { readonly service: string; readonly state: string }): boolean {
  return service !== 'cache' || state !== 'ready'
}

async function redis(commands: string): Promise<string> {
  const target = (await platform?.parts.deps.services.targets(shop.id))?.get('cache')
  const client = target?.type.client?.(target.place)
  if (!target || !client) throw new Error('there is no client')
  const [program = '', ...args] = client.command
  const path = [...target.place.installed.path, process.env['PATH']].join(':')
  return execFileSync(program, args, { encoding: 'utf8', env: { PATH: path, ...client.variables }, input: commands })
}
