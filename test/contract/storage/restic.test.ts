import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { missingRestic } from '../../../src/lib/platform/backups/restic/find-restic.ts'
import { createResticStorage } from '../../../src/lib/platform/backups/restic/storage.ts'
import { until } from '../../helpers/until.ts'
import { sizeOf, withoutRestic } from '../../helpers/restic.ts'
import { sha256, storageContract } from './storage-contract.ts'

const MB = 1024 * 1024
let signal: AbortSignal
const directories: string[] = []
/** Making one takes its time. */
let empty: string
beforeAll(async () => {
  empty = mkdtempSync(join(tmpdir(), 'aloft-restic-'))
  if (withoutRestic === '') await createResticStorage(empty).prepare()
})
afterAll(() => rmSync(empty, { force: true, recursive: true }))
beforeEach(() => {
  signal = AbortSignal.timeout(25_000)
})
afterEach(() => {
  for (const made of directories.splice(0)) rmSync(made, { force: true, recursive: true })
})

function directory(): string {
  const made = mkdtempSync(join(tmpdir(), 'aloft-restic-'))
  directories.push(made)
  cpSync(empty, made, { recursive: true })
  return made
}

describe.skipIf(withoutRestic !== '')(`parts in restic${withoutRestic}`, () => {
  storageContract(() => {
    const place = directory()
    return { open: () => createResticStorage(place) }
  })

  it('keep what they have in common once, and free what the deleted ones had for themselves', async () => {
    const place = directory()
    const storage = createResticStorage(place)
    const first = randomBytes(12 * MB)
    const second = Buffer.concat([first.subarray(0, 5 * MB), randomBytes(1000), first.subarray(5 * MB)])
    const one = await storage.put(Readable.from([first]), { signal })
    const alone = sizeOf(place)
    const two = await storage.put(Readable.from([second]), { signal })
    expect(sizeOf(place) - alone).toBeLessThan(6 * MB)
    const other = await storage.put(Readable.from([randomBytes(4 * MB)]), { signal })

    await storage.delete(one.sha256)
    await storage.delete(other.sha256)
    await storage.tidy(signal)

    expect(sizeOf(place) - alone).toBeLessThan(6 * MB)
    expect(readdirSync(join(place, 'repository', 'snapshots'))).toHaveLength(1)
    expect(sha256(await buffer(await storage.open(two.sha256)))).toBe(sha256(second))
  })

  it('are there after kill -9, and what it left is taken away', async () => {
    const place = directory()
    const before = await createResticStorage(place).put(Readable.from(['abc']), { signal })
    // what a killed platform leaves: a snapshot that no part names, locks of either kind
    execFileSync('restic', [...at(place), 'backup', '--quiet', '--stdin'], { input: 'half' })
    for (const argv of [['backup', '--stdin'], ['prune']]) await leaveLock(place, argv)

    const storage = createResticStorage(place)
    const after = await storage.put(Readable.from(['abcd']), { signal })
    await storage.tidy(signal)

    expect(new Set(await storage.list())).toEqual(new Set([before, after]))
    for (const part of [before, after]) expect(await storage.has(part)).toBe(true)
    expect(readdirSync(join(place, 'repository', 'snapshots'))).toHaveLength(2)
    expect(readdirSync(join(place, 'repository', 'locks'))).toEqual([])
  })

  it('leave tidying for whoever reads or writes', async () => {
    const place = directory()
    const storage = createResticStorage(place)
    const part = await storage.put(Readable.from(['abc']), { signal })
    const tidied = storage.tidy(signal)

    expect(String(await buffer(await storage.open(part.sha256)))).toBe('abc')
    await tidied
    expect(readdirSync(join(place, 'repository', 'locks'))).toEqual([])
  })

  it('are in a repository that restic itself finds whole', async () => {
    const place = directory()
    const part = await createResticStorage(place).put(Readable.from([randomBytes(MB)]), { signal })
    const [snapshot = ''] = readdirSync(join(place, 'repository', 'snapshots'))
    const restic = (...argv: string[]): Buffer => execFileSync('restic', [...at(place), ...argv])

    expect(String(restic('check', '--read-data'))).toContain('no errors were found')
    expect(sha256(restic('dump', snapshot, 'part'))).toBe(part.sha256)
    const [key = ''] = readdirSync(join(place, 'repository', 'keys'))
    expect(JSON.parse(readFileSync(join(place, 'repository', 'keys', key), 'utf8'))).toMatchObject({ N: 1024 })
  })

  it('say what is missing when restic was removed, and are there again with it', async () => {
    const place = directory()
    const part = await createResticStorage(place).put(Readable.from(['abc']), { signal })
    const without = createResticStorage(place, async () => {
      throw missingRestic('it is not installed')
    })

    await expect(without.open(part.sha256)).rejects.toMatchObject({
      code: 'failed.tool-missing',
      suggestions: expect.arrayContaining(['apt-get install restic']),
    })
    await expect(without.put(Readable.from(['abd']), { signal })).rejects.toMatchObject({
      code: 'failed.tool-missing',
    })
    expect(await without.list()).toEqual([part])
    expect(String(await buffer(await createResticStorage(place).open(part.sha256)))).toBe('abc')
  })
})

function at(place: string): string[] {
  return ['--no-cache', '-r', join(place, 'repository'), '-p', join(place, 'key')]
}

/** A platform that is killed leaves it running, or its lock. */
async function leaveLock(place: string, argv: readonly string[]): Promise<void> {
  const locks = join(place, 'repository', 'locks')
  const known = readdirSync(locks).length
  const variables = { RESTIC_PASSWORD_FILE: join(place, 'key'), RESTIC_REPOSITORY: join(place, 'repository') }
  const child = spawn('restic', ['--no-cache', ...argv], { env: variables, stdio: ['pipe', 'ignore', 'ignore'] })
  await until('it has its lock', () => readdirSync(locks).length > known || child.exitCode !== null)
  child.kill(argv[0] === 'prune' ? 'SIGKILL' : 'SIGCONT')
}
