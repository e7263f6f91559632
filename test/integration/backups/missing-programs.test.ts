import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { placeOf } from '../../../src/lib/platform/deploy/deployments.ts'
import { findTarget, serviceProgram } from '../../../src/lib/platform/server/service-access.ts'
import type { Located, ServiceType } from '../../../src/lib/platform/services/port.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { NODE_BIN } from '../../helpers/process-engine.ts'
import { toyDatabase } from '../../helpers/toy-database.ts'
import { sayToToy } from '../../helpers/toy-service.ts'

const INSTALLED: Located = { found: true, path: [NODE_BIN], product: 'Toy 1.2', version: '1.2' }
const WITHOUT_CLIENT: Located = {
  ...INSTALLED,
  withoutClient: { packages: ['toy-client'], program: 'toy-dump' },
}
const WITHOUT_SERVER: Located = { found: false, packages: ['toy-server'], program: 'toyd' }

describe('an environment with a service of which programs are not installed', () => {
  let located: Located = INSTALLED
  const broken: ServiceType = {
    ...toyDatabase,
    locate: () => Promise.resolve(located),
    name: 'broken',
    title: 'Broken',
  }
  let platform: BackupPlatform
  let shop: TestEnvironment
  let whole: string

  beforeAll(async () => {
    platform = new BackupPlatform()
    platform.types.push(broken)
    await platform.open()
    shop = await platform.deploy('shop', { bad: 'broken', good: 'toy' })
    await sayToToy(platform.service(shop, 'good'), 'add one')
    await platform.write(shop, 'a.txt', 'first')
    whole = (await platform.backUp(shop)).backup.id
  })
  afterEach(() => {
    located = INSTALLED
  })
  afterAll(() => platform?.dispose())

  it.each([
    [WITHOUT_CLIENT, 'the service bad needs toy-dump of Broken, which is not installed', 'toy-client'],
    [WITHOUT_SERVER, 'the service bad needs toyd of Broken, which is not installed', 'toy-server'],
  ])('is not backed up in parts, and nobody is held for it: %j', async (now, message, carrier) => {
    located = now

    const { activity, backup } = await platform.backUp(shop)

    expect(activity.error).toMatchObject({
      code: 'failed.tool-missing',
      message,
      suggestions: expect.arrayContaining([
        `apt-get install ${carrier}`,
        expect.stringContaining('aloft backup --only files'),
      ]),
    })
    expect(backup.state).toBe('failed')
    expect(activity.phase).toBe('prepare')

    const databases = await platform.backUp(shop, { only: ['database'] })
    expect(databases.activity.error?.code).toBe('failed.tool-missing')
    expect(databases.activity.error?.suggestions.join()).not.toContain('--only')
  })

  it.each([WITHOUT_CLIENT, WITHOUT_SERVER])('has its files backed up: %j', async now => {
    located = now

    const { activity, backup } = await platform.backUp(shop, { only: ['files'] })

    expect(activity).toMatchObject({ result: 'success' })
    expect(backup.contents).toMatchObject([{ kind: 'volume', name: 'uploads' }])
  })

  it('has its files restored where the service itself still runs', async () => {
    await platform.write(shop, 'a.txt', 'second')
    located = WITHOUT_CLIENT

    expect(await platform.restore(whole, shop, { only: ['files'] })).toMatchObject({ result: 'success' })
    expect(await platform.ask(shop)).toMatchObject({ 'a.txt': 'first' })

    const all = await platform.restore(whole, shop, { safetyBackup: false })
    expect(all.error).toMatchObject({
      code: 'failed.tool-missing',
      message: 'the service bad needs toy-dump of Broken, which is not installed',
    })
  })

  it.each([WITHOUT_CLIENT, WITHOUT_SERVER])('has its other services dumped and reached: %j', async now => {
    located = now
    const { services } = platform.parts.deps
    const of = { environment: { id: shop.id, name: shop.name } }

    expect(await findTarget({ services }, of, { program: 'dump', service: 'good' })).toMatchObject({
      place: { name: 'good' },
    })
    expect(await findTarget({ services }, of, { service: 'good' })).toMatchObject({ place: { name: 'good' } })
    await expect(findTarget({ services }, of, {})).rejects.toMatchObject({ code: 'usage.input-required' })
    const request = { command: undefined, program: 'dump', service: 'bad' } as const
    await expect(
      serviceProgram({ services }, placeOf(platform.parts.deps.store, shop.id), request),
    ).rejects.toMatchObject({ code: 'failed.tool-missing' })
  })
})
