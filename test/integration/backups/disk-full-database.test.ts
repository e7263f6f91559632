import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import { mariadb } from '../../../src/lib/platform/services/mariadb.ts'
import { postgresql } from '../../../src/lib/platform/services/postgresql.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { missingService } from '../../helpers/services/running-service.ts'

const MB = 1024 * 1024
const SIZE_MB = 300
const DUMP_MB = 400
const ROW = 'x'.repeat(1000)
const TIMEOUT_MS = 120_000

/** Dumps of one table of so many rows that no disk of the test has room for it. */
const DUMPS = {
  mariadb: {
    block: `INSERT INTO big VALUES ${Array.from({ length: 1000 }, () => `('${ROW}')`).join(',')};\n`,
    head: '-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\nCREATE TABLE big (t text);\n',
    tail: '-- Dump completed on 2026-01-01  0:00:00\n',
  },
  postgresql: {
    block: `${ROW}\n`.repeat(1000),
    head: '--\n-- PostgreSQL database dump\n--\n\nCREATE TABLE public.big (t text);\n\n-- Data for Name: big; Type: TABLE DATA\n\nCOPY public.big (t) FROM stdin;\n',
    tail: '\\.\n\n--\n-- PostgreSQL database dump complete\n--\n',
  },
}
const withoutRoot = process.getuid?.() === 0 ? '' : ' (skipped: needs root, to mount a small one)'

describe.skipIf(withoutRoot !== '').each([
  { dump: DUMPS.postgresql, options: ['-qAt', '--set=ON_ERROR_STOP=1'], type: postgresql },
  { dump: DUMPS.mariadb, options: ['--batch', '--skip-column-names'], type: mariadb },
])(`a disk that a dump of $type.name fills${withoutRoot}`, async ({ dump, options, type }) => {
  const missing = await missingService(type)
  const platform = new BackupPlatform()
  const data = join(platform.root, 'data')
  let shop: TestEnvironment

  beforeAll(async () => {
    if (missing !== undefined) return
    mkdirSync(data)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0711`, 'tmpfs', data])
    await platform.open()
    shop = await platform.deploy('shop', { db: type.name })
  }, TIMEOUT_MS)
  afterAll(async () => {
    if (missing !== undefined) return
    await platform.dispose().catch(() => undefined)
    execFileSync('umount', ['-l', data])
    rmSync(platform.root, { force: true, recursive: true })
  })

  it(
    'has all that was there before, and room for it',
    async ({ skip }) => {
      if (missing !== undefined) return skip(missing)
      const ask = (input: string): Promise<string> => platform.client(shop, 'db', { input, options })
      await ask(`CREATE TABLE kept (t text); INSERT INTO kept VALUES ('one'), ('two');`)
      const file = join(platform.root, 'big.sql.gz')
      writeFileSync(file, big(dump))
      const backup = createId('bkp')
      const as = { activity: 'act_1', backup, environment: 'main', project: 'shop' }
      await platform.parts.backups.backups.takeIn(file, as, AbortSignal.timeout(TIMEOUT_MS))

      const { error, output, result } = await platform.restore(backup, shop)

      expect({ message: error?.message, output, result }).toMatchObject({
        message: expect.stringContaining('as it was before'),
        output: { state: 'rolled-back' },
        result: 'failure',
      })
      expect(await ask('SELECT t FROM kept ORDER BY t;')).toBe('one\ntwo\n')
      expect((await platform.backUp(shop)).backup.state).toBe('complete')
      expect(await platform.problems()).toEqual([])
    },
    TIMEOUT_MS,
  )
})

/** As gzip, whose members may follow each other (RFC 1952, 2.2). */
function big({ block, head, tail }: (typeof DUMPS)['mariadb']): Buffer {
  const member = gzipSync(block)
  const members = Array.from({ length: Math.ceil((DUMP_MB * MB) / block.length) }, () => member)
  return Buffer.concat([gzipSync(head), ...members, gzipSync(tail)])
}
