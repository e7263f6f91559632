import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import { mariadb } from '../../../src/lib/platform/services/mariadb.ts'
import { postgresql } from '../../../src/lib/platform/services/postgresql.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { missingService } from '../../helpers/services/running-service.ts'

const DUMPS = join(import.meta.dirname, '../../fixtures/cloud-dumps')
/** What an application may do with tables that it takes for its own. */
const POSTGRESQL = `SELECT name FROM v ORDER BY 1; SELECT f(1) - 1 + a FROM extra.t; SELECT show_trgm('a') IS NULL;
ALTER TABLE users ADD COLUMN later int; ALTER TYPE mood ADD VALUE 'c'; REFRESH MATERIALIZED VIEW mv;
INSERT INTO users (name) VALUES ('New'); SELECT count(*) FROM users;`
const MARIADB = `SELECT name FROM v ORDER BY 1; SELECT f(1); CALL p(); INSERT INTO users (name) VALUES ('New');
SELECT what FROM log; SELECT note FROM users WHERE id = 1;`
const LIFERAY = `SELECT screenName FROM v_users ORDER BY 1; CALL p(); SELECT note FROM User_ WHERE userId = 1;
SELECT DISTINCT table_collation FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE';`
const TIMEOUT_MS = 120_000
const QUIET: Readonly<Record<string, readonly string[]>> = {
  mariadb: ['--batch', '--skip-column-names'],
  postgresql: ['-qAt', '--set=ON_ERROR_STOP=1'],
}
const ROWS = ['Ada', 'Grace', 'Hedy']

describe.each([
  {
    dumps: [
      {
        compress: gzipSync,
        file: 'platformsh-mariadb.sql',
        notes: ['what cloud@% defined is now defined by the user of the service'],
        printed: [...ROWS, '2', '3', 'New', String.raw`it's "q"\nline2; DEFINER=` + '`x`@`y`'],
        rows: { log: 0, users: 3 },
        statements: MARIADB,
      },
      {
        compress: gzipSync,
        file: 'liferay-mysql.sql',
        notes: [
          'the database lportal goes into the default one',
          expect.stringContaining('utf8mb4_0900_ai_ci becomes utf8mb4_uca1400_nopad_ai_ci'),
          'what liferay@% defined is now defined by the user of the service',
        ],
        printed: ['ada', 'grace', '2', 'DEFINER=`x`@`y` COLLATE utf8mb4_0900_ai_ci', 'utf8mb4_uca1400_nopad_ai_ci'],
        rows: {},
        statements: LIFERAY,
      },
    ],
    type: mariadb,
    verified: 'liferay-mysql.sql',
  },
  {
    dumps: [
      {
        compress: gzipSync,
        file: 'liferay-postgresql.sql',
        notes: [],
        printed: [...ROWS, '2', 'f', '4'],
        rows: { 'extra.t': 1, 'public.users': 3 },
        statements: POSTGRESQL,
      },
      {
        compress: zstdCompressSync,
        file: 'created-postgresql.sql',
        notes: [
          'the database shop goes into the default one',
          'its roles are made where they are missing, without a login: cloudowner, reports',
        ],
        printed: [...ROWS, '2', 'f', '4'],
        rows: { 'extra.t': 1, 'public.users': 3 },
        statements: POSTGRESQL,
      },
    ],
    type: postgresql,
    verified: 'created-postgresql.sql',
  },
])('what clouds dump of $type.name', async ({ dumps, type, verified }) => {
  const missing = await missingService(type)
  let platform: BackupPlatform | undefined
  let shop: TestEnvironment

  beforeAll(async () => {
    if (missing !== undefined) return
    platform = new BackupPlatform()
    await platform.open()
    mkdirSync(join(platform.root, 'files'))
    shop = await platform.deploy('shop', { database: type.name })
  }, TIMEOUT_MS)
  afterAll(() => platform?.dispose())

  it(
    'is proven, restored, and belongs to the application',
    async ({ skip }) => {
      if (!platform) return skip(missing)
      const ids = new Map<string, string>()
      for (const { compress, file, notes, printed, rows, statements } of dumps) {
        const { id, told } = await takeIn(platform, compress(readFileSync(join(DUMPS, file))))
        expect(told, file).toEqual(notes)
        const [part] = platform.parts.deps.store.backups.get(id)?.manifest?.parts ?? []
        expect(part && 'rows' in part && part.rows, file).toEqual(rows)

        const { error } = await platform.restore(id, shop, { safetyBackup: false })
        expect(error, file).toBeUndefined()
        const output = await platform.client(shop, 'database', { input: statements, options: QUIET[type.name] })
        expect(output.split('\n').filter(Boolean), file).toEqual(printed)
        ids.set(file, id)
      }
      expect((await platform.verify(ids.get(verified) ?? '')).error).toBeUndefined()
    },
    TIMEOUT_MS,
  )
})

async function takeIn(platform: BackupPlatform, bytes: Buffer): Promise<{ id: string; told: readonly string[] }> {
  const file = join(platform.root, 'files', 'dump')
  writeFileSync(file, bytes)
  const backup = createId('bkp')
  const as = { activity: 'act_1', backup, environment: 'main', project: 'shop' }
  return { id: backup, told: await platform.parts.backups.backups.takeIn(file, as, AbortSignal.timeout(20_000)) }
}
