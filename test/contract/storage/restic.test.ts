import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findRestic, missingRestic } from '../../../src/lib/platform/backups/restic/find-restic.ts'
import { createResticStorage } from '../../../src/lib/platform/backups/restic/storage.ts'
import type { PartStorage, StoredPart } from '../../../src/lib/platform/backups/storage.ts'
import { fillDisk } from '../../helpers/fill-disk.ts'
import { until } from '../../helpers/until.ts'
import { sizeOf, withoutRestic } from '../../helpers/restic.ts'
import { sha256, storageContract } from './storage-contract.ts'

const MB = 1024 * 1024
let signal: AbortSignal
const directories: string[] = []
const mounts: string[] = []
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
  for (const mounted of mounts.splice(0)) execFileSync('umount', ['-l', mounted])
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
    writeFileSync(join(place, 'repository', 'data', `${other.sha256}-tmp-123`), 'what a killed process was writing')
    await storage.tidy(signal)

    expect(readdirSync(join(place, 'repository', 'data'))).not.toContain(`${other.sha256}-tmp-123`)
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

  it('are put side by side after a tidying that was killed', async () => {
    const place = directory()
    await leaveLock(place, ['prune'])
    const storage = createResticStorage(place)

    const parts = await Promise.all(['abc', 'abd'].map(text => storage.put(Readable.from([text]), { signal })))

    expect(new Set(await storage.list())).toEqual(new Set(parts))
    expect(readdirSync(join(place, 'repository', 'locks'))).toEqual([])
  })

  it('outlive what a killed process left running, also where it has no lock yet', async () => {
    const place = directory()
    // what begins has not come to its lock yet
    const left = spawn('sleep', ['60'], { env: variables(place), stdio: 'ignore' })
    const ended = once(left, 'exit')
    await once(left, 'spawn')

    await createResticStorage(place).put(Readable.from(['abc']), { signal })

    expect(await ended).toEqual([null, 'SIGKILL'])
  })

  it('do not suffer from a repository whose making was killed', async () => {
    const place = directory()
    rmSync(join(place, 'repository', 'config'))
    const [abandoned = ''] = readdirSync(join(place, 'repository', 'keys'))

    await createResticStorage(place).put(Readable.from(['abc']), { signal })

    const keys = readdirSync(join(place, 'repository', 'keys'))
    expect(keys).toHaveLength(1)
    expect(keys).not.toContain(abandoned)
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

  it.skipIf(process.getuid?.() !== 0)(
    'can be read from a full disk, which frees them once it has some space',
    async () => {
      const disk = smallDisk()
      const place = join(disk, 'restic')
      const filler = join(disk, 'filler')
      const storage = createResticStorage(place)
      execFileSync('sh', ['-c', 'cat /dev/zero > "$0" 2>/dev/null || true', filler])
      await expect(storage.prepare()).rejects.toMatchObject({ code: 'failed.disk-full' })
      rmSync(filler)
      const [kept, other] = [await put(storage, 4), await put(storage, 8)]
      fillDisk(filler)
      await expect(put(storage, 1)).rejects.toMatchObject({ code: 'failed.disk-full' })
      expect(sha256(await buffer(await createResticStorage(place).open(kept.sha256)))).toBe(kept.sha256)
      await storage.delete(other.sha256)
      fillDisk(filler)
      await expect(storage.tidy(signal)).rejects.toMatchObject({ code: 'failed.disk-full' })
      rmSync(filler)
      await storage.tidy(signal)

      expect(sizeOf(place)).toBeLessThan(5 * MB)
      expect(await storage.list()).toEqual([kept])
    },
  )

  it('leave the password in its file', async () => {
    const place = directory()
    const calls = join(place, 'calls')
    const spy = join(place, 'spy')
    const script = `#!/bin/sh\n{ printf '%s\\n' "$@"; env; } >> '${calls}'\nexec ${await findRestic()} "$@"\n`
    writeFileSync(spy, script, { mode: 0o755 })
    const storage = createResticStorage(place, async () => spy)
    const part = await storage.put(Readable.from(['abc']), { signal })
    await buffer(await storage.open(part.sha256))
    await storage.tidy(signal)
    rmSync(join(place, 'repository', 'keys'), { recursive: true })
    const error: unknown = await storage.put(Readable.from(['abd']), { signal }).catch((cause: unknown) => cause)

    const password = readFileSync(join(place, 'key'), 'utf8').trim()
    const told = readFileSync(calls, 'utf8')
    for (const word of ['backup', 'dump', 'prune', 'RESTIC_PASSWORD_FILE']) expect(told).toContain(word)
    expect(error).toMatchObject({ code: 'failed.dump' })
    expect(`${told} ${String(error)} ${JSON.stringify(error)}`).not.toContain(password)
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

/** A file system of its own, which is gone after the test. */
function smallDisk(): string {
  const made = mkdtempSync(join(tmpdir(), 'aloft-restic-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', made])
  mounts.push(made)
  directories.push(made)
  return made
}

function put(storage: PartStorage, megabytes: number): Promise<StoredPart> {
  return storage.put(Readable.from([randomBytes(megabytes * MB)]), { signal })
}

function variables(place: string): Record<string, string> {
  return { RESTIC_PASSWORD_FILE: join(place, 'key'), RESTIC_REPOSITORY: join(place, 'repository') }
}

function at(place: string): string[] {
  return ['--no-cache', '-r', join(place, 'repository'), '-p', join(place, 'key')]
}

/** A platform that is killed leaves it running, or its lock. */
async function leaveLock(place: string, argv: readonly string[]): Promise<void> {
  const locks = join(place, 'repository', 'locks')
  const whole = (): number => readdirSync(locks).filter(name => !name.includes('-tmp-')).length
  const known = whole()
  const child = spawn('restic', ['--no-cache', ...argv], { env: variables(place), stdio: ['pipe', 'ignore', 'ignore'] })
  await until('it has its lock', () => whole() > known || child.exitCode !== null)
  child.kill(argv[0] === 'prune' ? 'SIGKILL' : 'SIGCONT')
}
