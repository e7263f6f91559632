import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { layOutBundle } from '../../../src/lib/bundle/layout.ts'
import type { BundleManifest, BundlePart } from '../../../src/lib/bundle/manifest.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import { findServiceType } from '../../../src/lib/platform/services/catalogue.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'

type Engine = 'mariadb' | 'postgresql'
const ENGINES: readonly Engine[] = ['mariadb', 'postgresql']
/** More than one database: what is dumped does not fit a server without them. */
const CONFIGURATION = { mariadb: { schemas: ['main', 'second'] }, postgresql: { databases: ['main', 'second'] } }
const TABLE = `CREATE TABLE users (id integer PRIMARY KEY, name varchar(40) NOT NULL);
INSERT INTO users VALUES (1, 'Ada'), (2, 'Grace'), (3, 'Hedy');`
/** What their dumps write otherwise than the rest. */
const ODD = {
  mariadb: `CREATE TABLE wide (text longtext, hidden integer INVISIBLE DEFAULT 5);
INSERT INTO wide VALUES (REPEAT('x;', 90000)), (REPEAT('y', 90000));
CREATE TABLE \`o dd "\`\`'; ł\` (text longtext);
INSERT INTO \`o dd "\`\`'; ł\` VALUES (REPEAT('🙂', 90000)), (REPEAT('y', 90000));
CREATE TABLE past (id integer PRIMARY KEY) WITH SYSTEM VERSIONING;
INSERT INTO past VALUES (1), (2);
DELETE FROM past WHERE id = 1;`,
  postgresql: `CREATE TABLE "o dd ""'; 🙂" (text text);
INSERT INTO "o dd ""'; 🙂" VALUES (repeat('x', 90000)), ('\\.');
CREATE TABLE "two
lines" (text text);
INSERT INTO "two
lines" VALUES ('x');
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
COMMENT ON TABLE nothing IS 'in two lines
\\connect elsewhere';`,
}

describe('a backup of real databases', () => {
  let platform: BackupPlatform | undefined
  let shop: TestEnvironment
  let engines: readonly Engine[] = []
  const missing: string[] = []

  beforeAll(async () => {
    for (const engine of ENGINES) {
      const located = await findServiceType(engine)?.locate()
      if (located?.found === true) engines = [...engines, engine]
      else missing.push(`${engine} is not installed: apt-get install ${located?.packages.join(' ') ?? engine}`)
    }
    if (engines.length === 0) return
    platform = new BackupPlatform()
    await platform.open()
    const services = engines.map(name => ({ configuration: CONFIGURATION[name], name, type: name }))
    shop = await platform.deploy('shop', {}, { services })
    for (const engine of engines) await sql(engine, `${TABLE}${ODD[engine]}`)
  })
  afterAll(() => platform?.dispose())

  it('brings back every row, and is proven', async context => {
    const { backUp, restore, verify } = running(context)
    const { activity, backup } = await backUp()
    expect(activity.error).toBeUndefined()
    expect(backup.contents).toMatchObject([
      ...engines.map(name => ({ kind: 'database', name, rows: { mariadb: 9, postgresql: 6 }[name] })),
      { kind: 'volume', name: 'uploads' },
    ])

    expect((await verify(backup.id)).error).toBeUndefined()
    for (const engine of engines) await sql(engine, 'DELETE FROM users WHERE id = 2; CREATE TABLE later (id integer);')
    const restored = await restore(backup.id)

    expect(restored.error).toBeUndefined()
    expect(restored.output).toMatchObject({ state: 'restored' })
    for (const engine of engines) {
      expect((await sql(engine, 'SELECT name FROM users ORDER BY id;')).match(/Ada|Grace|Hedy/g)).toHaveLength(3)
      expect(await sql(engine, 'SELECT table_name FROM information_schema.tables;')).not.toMatch(/\blater\b/)
    }
    // mariadb alone has what a row was before
    for (const engine of engines.filter(name => name === 'mariadb'))
      expect(await sql(engine, 'SELECT count(*) FROM past FOR SYSTEM_TIME ALL;')).toContain('2')
  })

  it('is found out when rows are missing although all checksums are right', async context => {
    const { backUp, store, verify } = running(context)
    const { backup } = await backUp()
    const id = await takeInChanged(backup.manifest, dump => {
      const without = dump.replace(/^2\tGrace\n/m, '').replace("\n(2,'Grace'),", '')
      expect(without).not.toBe(dump)
      return without
    })

    expect(await verify(id)).toMatchObject({ error: { code: 'failed.verify' }, result: 'failure' })
    expect(store.backups.get(id)?.verification).toMatchObject({
      problems: engines.map(name => expect.stringContaining(`users of ${name} has 2 rows; the manifest says 3`)),
      result: 'failed',
    })
  })

  it('is refused by an older server, before anything is touched', async context => {
    const { backUp, restore } = running(context)
    const { backup } = await backUp()
    const id = await takeInChanged(backup.manifest, dump => dump, { serverVersion: '99.1' })

    expect(await restore(id)).toMatchObject({
      error: { code: 'failed.restore', message: expect.stringContaining('99.1') },
    })
    for (const engine of engines) expect(await sql(engine, 'SELECT count(*) FROM users;')).toContain('3')
  })

  function running(context: TestContext) {
    if (!platform) return context.skip(missing.join('; '))
    const found = platform
    return {
      backUp: () => found.backUp(shop),
      restore: (id: string) => found.restore(id, shop),
      store: found.parts.deps.store,
      verify: (id: string) => found.verify(id),
    }
  }

  /** A backup as a bundle whose dumps were changed and whose checksums were made anew; its volumes are left out. */
  async function takeInChanged(
    manifest: BundleManifest | undefined,
    change: (dump: string) => string,
    over: { serverVersion?: string } = {},
  ): Promise<string> {
    if (!manifest || !platform) throw new Error('there is no manifest')
    const { backups, deps } = platform.parts
    const contents = new Map<string, Buffer>()
    const parts = manifest.parts.flatMap((part): BundlePart[] => {
      if (part.kind === 'volume') return []
      const file = join(deps.layout.backups, 'parts', part.sha256.slice(0, 2), part.sha256.slice(2))
      const bytes = zstdCompressSync(change(zstdDecompressSync(readFileSync(file)).toString('utf8')))
      contents.set(part.name, bytes)
      return [{ ...part, ...over, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }]
    })
    const bundle = await layOutBundle({ ...manifest, parts })
    const content = bundle.read({ end: bundle.bytes - 1, start: 0 }, async ({ name }, { end, start }) =>
      Readable.from([contents.get(name)?.subarray(start, end + 1)]),
    )
    const file = join(platform.root, 'changed.tar')
    writeFileSync(file, await buffer(content))
    const backup = createId('bkp')
    const as = { activity: 'act_1', backup, environment: 'main', project: 'shop' }
    await backups.backups.takeIn(file, as, AbortSignal.timeout(20_000))
    return backup
  }

  async function sql(engine: string, text: string): Promise<string> {
    if (!platform) throw new Error('there is no platform')
    return platform.client(shop, engine, { input: text })
  }
})
