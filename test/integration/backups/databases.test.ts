import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layOutBundle } from '../../../src/lib/bundle/layout.ts'
import type { BundleManifest } from '../../../src/lib/bundle/manifest.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import { findServiceType } from '../../../src/lib/platform/services/catalogue.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'

const TABLE = `CREATE TABLE users (id integer PRIMARY KEY, name varchar(40) NOT NULL);
INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Hedy');`

describe.each(['postgresql', 'mariadb'])('a backup of %s', engine => {
  let platform: BackupPlatform
  let shop: TestEnvironment
  let missing: string | undefined

  beforeAll(async () => {
    const located = await findServiceType(engine)?.locate()
    if (located?.found !== true)
      missing = `${engine} is not installed: apt-get install ${located?.packages.join(' ') ?? engine}`
    else {
      platform = new BackupPlatform()
      await platform.open()
      shop = await platform.deploy('shop', { db: engine })
      await sql(TABLE)
    }
  })
  afterAll(() => platform?.dispose())

  it('brings back every row, and is proven', async context => {
    if (missing !== undefined) return context.skip(missing)
    const { activity, backup } = await platform.backUp(shop)
    expect(activity.error).toBeUndefined()
    expect(backup.contents).toMatchObject([{ kind: 'database', name: 'db', rows: 3 }, { kind: 'volume' }])

    const verified = await platform.verify(backup.id)
    expect(verified.error).toBeUndefined()
    await sql('DELETE FROM users WHERE id = 2; CREATE TABLE later (id integer);')
    const restored = await platform.restore(backup.id, shop)

    expect(restored.error).toBeUndefined()
    expect(restored.output).toMatchObject({ state: 'restored' })
    expect((await sql('SELECT name FROM users ORDER BY id;')).match(/Ada|Grace|Hedy/g)).toEqual([
      'Ada',
      'Grace',
      'Hedy',
    ])
    await expect(sql('SELECT * FROM later;')).rejects.toThrow('later')
  })

  it('is found out when a row is missing although all checksums are right', async context => {
    if (missing !== undefined) return context.skip(missing)
    const { backup } = await platform.backUp(shop, { only: ['database'] })
    const id = await takeInChanged(backup.id, dump => {
      const text = dump.toString('utf8')
      const without = text.replace(/^2\tGrace\n/m, '').replace("\n(2,'Grace'),", '')
      expect(without).not.toBe(text)
      return Buffer.from(without)
    })
    const verified = await platform.verify(id)

    expect(verified).toMatchObject({ error: { code: 'failed.verify' }, result: 'failure' })
    expect(platform.parts.deps.store.backups.get(id)?.verification).toMatchObject({
      problems: [expect.stringContaining('users of db has 2 rows; the manifest says 3')],
      result: 'failed',
    })
  })

  it('is refused by an older server, before anything is touched', async context => {
    if (missing !== undefined) return context.skip(missing)
    const { backup } = await platform.backUp(shop, { only: ['database'] })
    const id = await takeInChanged(backup.id, dump => dump, { serverVersion: '99.1' })
    const refused = await platform.restore(id, shop)

    expect(refused).toMatchObject({ error: { code: 'failed.restore', message: expect.stringContaining('99.1') } })
    expect((await sql('SELECT count(*) FROM users;')).trim()).toContain('3')
  })

  /** The backup as a bundle whose dump was changed and whose checksums were made anew. */
  async function takeInChanged(
    id: string,
    change: (dump: Buffer) => Buffer,
    over: { serverVersion?: string } = {},
  ): Promise<string> {
    const { backups, deps } = platform.parts
    const manifest = deps.store.backups.get(id)?.manifest
    const [part] = manifest?.parts ?? []
    if (!manifest || !part) throw new Error('the backup has no manifest')
    const stored = readFileSync(join(deps.layout.backups, 'parts', part.sha256.slice(0, 2), part.sha256.slice(2)))
    const bytes = zstdCompressSync(change(zstdDecompressSync(stored)))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const changed: BundleManifest = { ...manifest, parts: [{ ...part, ...over, bytes: bytes.length, sha256 }] }
    const bundle = await layOutBundle(changed)
    const open = async (_part: unknown, { end, start }: { start: number; end: number }): Promise<Readable> =>
      Readable.from([bytes.subarray(start, end + 1)])
    const file = join(platform.root, 'changed.tar')
    writeFileSync(file, await buffer(bundle.read({ end: bundle.bytes - 1, start: 0 }, open)))
    const backup = createId('bkp')
    const as = { activity: 'act_1', backup, environment: 'main', project: 'shop' }
    await backups.backups.takeIn(file, as, AbortSignal.timeout(20_000))
    return backup
  }

  async function sql(text: string): Promise<string> {
    const target = (await platform.parts.deps.services.targets(shop.id)).get('db')
    const client = target?.type.client?.(target.place)
    if (!target || !client) throw new Error('there is no client')
    const [program = '', ...args] = client.command
    const path = [...target.place.installed.path, process.env['PATH']].join(':')
    return execFileSync(program, args, {
      encoding: 'utf8',
      env: { PATH: path, ...client.variables },
      input: text,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
  }
})
