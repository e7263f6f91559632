import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RowCounter, ServiceType } from '../../../src/lib/platform/services/port.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { toyDatabase } from '../../helpers/toy-database.ts'
import { sayToToy } from '../../helpers/toy-service.ts'

/** A database that counts what it sees, as if that were tables, so that it is compared with the manifest. */
function spy(root: string): ServiceType {
  const { data } = toyDatabase
  if (!data) throw new TypeError('the toy has data')
  const count = [
    "printf 'interfaces\\t'; tail -n +3 /proc/net/dev | wc -l",
    "printf 'variables\\t'; env | grep -c -e PLATFORM_ -e _HOST= -e NODE_ || true",
    `printf 'files\\t'; find /app ${root} -name a.txt 2>/dev/null | wc -l`,
    "printf 'own\\t'; wc -l <data/words",
  ].join('\n')
  const counted = { files: 0, interfaces: 0, own: 0, variables: 0, words: 1 }
  const spying = { ...data, countCommand: () => ({ command: count, variables: {} }), counter: () => counting(counted) }
  return { ...toyDatabase, data: spying, name: 'spy' }
}

function counting(rows: Readonly<Record<string, number>>): RowCounter {
  return { result: () => ({ ...rows }), write: () => undefined }
}

describe('a backup of an environment with a database and files', () => {
  let platform: BackupPlatform
  let shop: TestEnvironment
  let other: TestEnvironment

  beforeAll(async () => {
    platform = new BackupPlatform()
    platform.types.push(spy(platform.root))
    await platform.open()
    shop = await platform.deploy('shop', { db: 'toy' })
    other = await platform.deploy('other', { spied: 'spy', words: 'toy' })
    await say(shop, 'db', 'add one')
    await say(shop, 'db', 'add two')
    await platform.write(shop, 'a.txt', 'first')
  })
  afterAll(() => platform?.dispose())

  it('holds both, with rows and files counted, and says how long the application was held', async () => {
    const { activity, backup } = await platform.backUp(shop, { label: 'before the sale' })

    expect(activity.error).toBeUndefined()
    expect(activity).toMatchObject({ output: { backup: backup.id }, result: 'success' })
    expect(backup).toMatchObject({
      consistency: 'consistent',
      label: 'before the sale',
      reason: 'manual',
      state: 'complete',
    })
    expect(backup.contents).toMatchObject([
      { kind: 'database', name: 'db', rows: 2, type: 'toy 1.2' },
      { files: 1, kind: 'volume', name: 'uploads' },
    ])
    expect(backup.pausedMs).toBeGreaterThan(0)
    expect(platform.parts.deps.routing.isHeld(shop.id)).toBe(false)
  })

  it('brings back what was there, after a backup of what it replaces', async () => {
    const { backup } = await platform.backUp(shop)
    await say(shop, 'db', 'add three')
    await platform.write(shop, 'a.txt', 'changed')
    await platform.write(shop, 'b.txt', 'new')

    const restored = await platform.restore(backup.id, shop)
    expect(restored.error).toBeUndefined()
    expect(restored).toMatchObject({ output: { state: 'restored' }, result: 'success' })
    expect(await words(shop, 'db')).toEqual(['one', 'two'])
    expect(await platform.ask(shop)).toEqual({ 'a.txt': 'first' })

    const back = await platform.restore(String(restored.output?.['safetyBackup']), shop)
    expect(back).toMatchObject({ result: 'success' })
    expect(await words(shop, 'db')).toEqual(['one', 'two', 'three'])
    expect(await platform.ask(shop)).toEqual({ 'a.txt': 'changed', 'b.txt': 'new' })
    expect(readdirSync(platform.parts.deps.layout.volumes(shop.id)).toSorted()).toEqual(['db', 'uploads'])
  })

  it('goes into an environment of another project, where its service has another name', async () => {
    const { backup } = await platform.backUp(shop)
    await platform.write(other, 'own.txt', 'stays')
    await say(other, 'words', 'add own')

    const renamed = await platform.restore(backup.id, other, { only: ['database'], rename: { db: 'words' } })
    expect(renamed).toMatchObject({ output: { state: 'restored' } })
    expect(await words(other, 'words')).toEqual(await words(shop, 'db'))
    expect(await platform.ask(other)).toMatchObject({ 'own.txt': 'stays' })
  })

  it('is proven by a restore into a throw-away environment', async () => {
    const { backup } = await platform.backUp(shop)
    const verified = await platform.verify(backup.id)

    expect(verified.error).toBeUndefined()
    expect(verified).toMatchObject({ result: 'success' })
    const { backups } = platform.parts.deps.store
    expect(backups.get(backup.id)?.verification).toMatchObject({ problems: [], result: 'passed' })
    expect(existsSync(platform.parts.deps.layout.environment(`verify-${backup.id}`))).toBe(false)
  })

  it('is verified without a network, a variable or a volume of the real environment', async context => {
    const { level } = await platform.parts.deps.engine.isolation()
    if (level !== 'namespaces') return context.skip(`isolation is ${level} here: apt-get install bubblewrap`)
    await say(other, 'spied', 'add one')
    await platform.write(other, 'a.txt', 'seen by its own application alone')
    const { backup } = await platform.backUp(other)
    const activity = await platform.verify(backup.id)

    expect(activity).toMatchObject({ error: { code: 'failed.verify' } })
    expect(platform.parts.deps.store.backups.get(backup.id)?.verification?.problems).toEqual([
      'interfaces of spied has 1 rows; the manifest says 0',
      'own of spied has 1 rows; the manifest says 0',
      'words of spied has 0 rows; the manifest says 1',
    ])
  })

  it('does not read a volume again in which nothing changed', async () => {
    // within a tick of the file system's clock a change might not show
    await new Promise(resolve => setTimeout(resolve, 1100))
    await platform.backUp(shop)
    const again = await platform.backUp(shop)
    expect(await log(again.activity.id)).toMatch(/uploads: .* unchanged since/)
    expect(await platform.verify(again.backup.id)).toMatchObject({ result: 'success' })

    await platform.write(shop, 'a.txt', 'again')
    const changed = await platform.backUp(shop)
    expect(await log(changed.activity.id)).not.toContain('unchanged')
  })

  it('reads an unchanged volume again when its part turned out to be damaged', async () => {
    const { backup } = await platform.backUp(shop, { only: ['files'] })
    await platform.backUp(shop, { only: ['files'] })
    const { sha256 = '' } = backup.manifest?.parts[0] ?? {}
    const part = join(platform.parts.deps.layout.backups, 'parts', sha256.slice(0, 2), sha256.slice(2))
    writeFileSync(part, readFileSync(part).fill(0, 4))
    expect(await platform.verify(backup.id)).toMatchObject({ error: { code: 'failed.verify' } })

    const again = await platform.backUp(shop, { only: ['files'] })
    expect(await platform.verify(again.backup.id)).toMatchObject({ result: 'success' })
  })

  it('fails for a file that cannot be read, also when it is live, instead of leaving it out', async () => {
    const { layout } = platform.parts.deps
    const directory = join(layout.volumes(shop.id), 'uploads', '_', 'closed')
    mkdirSync(directory)
    chmodSync(directory, 0)
    const { volumeJobs } = platform.parts.backups.deps
    const place = { directories: ['_'], environment: shop.id, volume: 'uploads' }
    const signal = AbortSignal.timeout(10_000)
    // what went while it was listed looks the same
    expect(await volumeJobs.listing(place, { live: true, signal })).toBeUndefined()
    await expect(volumeJobs.listing(place, { live: false, signal })).rejects.toMatchObject({ code: 'failed.dump' })
    const { activity } = await platform.backUp(shop, { consistency: 'live', only: ['files'] })
    rmSync(directory, { recursive: true })

    expect(activity).toMatchObject({ error: { code: 'failed.dump', message: expect.stringContaining('closed') } })
  })

  it('is found again when the database of the platform was lost, with all of its parts', async () => {
    const { backup } = await platform.backUp(shop, { label: 'before the loss' })
    const lost = new BackupPlatform()
    try {
      cpSync(platform.parts.deps.layout.backups, join(lost.root, 'data', 'backups'), { recursive: true })
      await lost.open()
      await lost.takeUp()

      const { activity: _, completedAt: __, expiresAt: ___, reason: ____, ...same } = backup
      expect(lost.parts.deps.store.backups.get(backup.id)).toMatchObject({ ...same, reason: 'upload' })
      expect(await lost.verify(backup.id)).toMatchObject({ result: 'success' })
      expect(await lost.problems()).toEqual([])
      await lost.parts.backups.backups.delete(backup.id)
      await lost.takeUp()
      expect(lost.parts.deps.store.backups.get(backup.id)).toBeUndefined()
    } finally {
      await lost.dispose()
    }
  })

  it('takes its parts with it when it is deleted, but not those of others', async () => {
    const { backups, deps } = platform.parts
    for (const { id } of deps.store.backups.list({})) await backups.backups.delete(id)
    const kept = await platform.backUp(shop)
    await say(shop, 'db', 'add four')
    const gone = await platform.backUp(shop)
    await backups.backups.delete(gone.backup.id)

    const parts = readdirSync(join(deps.layout.backups, 'parts'), { recursive: true }).filter(
      name => String(name).length > 60,
    )
    expect(parts).toHaveLength(kept.backup.manifest?.parts.length ?? 0)
    expect(await platform.verify(kept.backup.id)).toMatchObject({ result: 'success' })
  })

  async function log(activity: string): Promise<string> {
    const { deps, reader } = platform.parts
    let text = ''
    const batches = reader(deps.layout.activities).read([activity], { follow: false }, AbortSignal.timeout(10_000))
    for await (const batch of batches) text += Buffer.from(batch).toString()
    return text
  }

  function say(of: TestEnvironment, service: string, what: string): Promise<unknown> {
    return sayToToy(platform.service(of, service), what)
  }

  async function words(of: TestEnvironment, service: string): Promise<readonly string[]> {
    return (await sayToToy(platform.service(of, service), 'all')).words
  }
})
