import { afterAll, beforeAll, expect, it } from 'vitest'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { sayToToy } from '../../helpers/toy-service.ts'

let platform: BackupPlatform
let shop: TestEnvironment

beforeAll(async () => {
  platform = new BackupPlatform()
  await platform.open()
  shop = await platform.deploy('shop', { db: 'toy' })
})
afterAll(() => platform?.dispose())

it('a backup under writes has no row without its file, and says how long the application stood still', async context => {
  const { credentials, host, port } = platform.service(shop, 'db')
  const churn = `/churn?${new URLSearchParams({ host, password: credentials.password, port: String(port) }).toString()}`
  const words = async (): Promise<readonly string[]> => (await sayToToy(platform.service(shop, 'db'), 'all')).words
  await platform.ask(shop, churn)
  while ((await words()).length < 50) await new Promise(resolve => setTimeout(resolve, 20))

  await platform.ask(shop, churn)
  const { activity, backup } = await platform.backUp(shop)
  const { longest } = await platform.ask(shop, churn)
  const afterwards = (await words()).length
  while ((await words()).length === afterwards) await new Promise(resolve => setTimeout(resolve, 20))
  expect(activity.error).toBeUndefined()
  expect(activity).toMatchObject({ result: 'success' })
  await context.annotate(`requests waited ${backup.pausedMs} ms at most; the application saw a pause of ${longest} ms`)

  expect(await platform.restore(backup.id, shop, { safetyBackup: false })).toMatchObject({
    output: { state: 'restored' },
  })
  const [rows, files] = [await words(), Object.keys(await platform.ask(shop))]
  expect(rows.length).toBeGreaterThanOrEqual(50)
  expect(rows.filter(row => !files.includes(row))).toEqual([])
  expect(await platform.verify(backup.id)).toMatchObject({ result: 'success' })
})
