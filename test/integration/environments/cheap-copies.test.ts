import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createId } from '../../../src/lib/core/ids.ts'
import { placeOf } from '../../../src/lib/platform/deploy/deployments.ts'
import { createBelow } from '../../../src/lib/platform/environments/create-below.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'
import { BtrfsMount, whyNoBtrfs } from '../../helpers/btrfs.ts'
import { sayToToy } from '../../helpers/toy-service.ts'

const MB = 1024 * 1024
const BIG = randomBytes(24 * MB)
/** What else a platform writes meanwhile: logs, its database. */
const LITTLE = 8 * MB
const QUOTA_MB = 40

/** A parent and a child on a file system with reflinks and quotas, in the order of a day. */
describe.skipIf(whyNoBtrfs !== undefined)(`cheap copies${whyNoBtrfs ? ` (skipped: ${whyNoBtrfs})` : ''}`, () => {
  let disk: BtrfsMount
  let platform: BackupPlatform
  let main: TestEnvironment
  let child: TestEnvironment
  let onStep: ((step: string) => void) | undefined

  beforeAll(async () => {
    disk = new BtrfsMount()
    disk.enableQuotas()
    platform = new BackupPlatform(mkdtempSync(join(disk.path, 'home-')))
    await platform.open(noticeStep)
    const services = [
      { configuration: {}, name: 'db', type: 'toy' },
      { configuration: {}, diskMb: QUOTA_MB, name: 'uploads', type: 'network-storage' },
    ]
    main = await platform.deploy('shop', {}, { services })
    const { store } = platform.parts.deps
    const { id } = createBelow(store, placeOf(store, main.id), { name: 'child' })
    child = platform.adopt({ id, name: 'child', project: 'shop' })
    await say(main, 'add one')
    await platform.write(main, 'a.txt', 'of the parent')
    mkdirSync(join(volume(main), 'more'))
    writeFileSync(big(main), BIG)
  })
  afterAll(async () => {
    await platform?.dispose()
    disk?.[Symbol.dispose]()
  })

  it('a new environment shares the files of its parent, until one of the two is changed', async () => {
    const before = disk.usedBytes()

    const made = await platform.finished(start('environment.clone', { data: true }))

    expect(made).toMatchObject({ result: 'success' })
    expect(disk.usedBytes() - before).toBeLessThan(LITTLE)
    expect(await words(child)).toEqual(['one'])
    expect(await platform.ask(child)).toEqual({ 'a.txt': 'of the parent' })
    expect(readFileSync(big(child)).equals(BIG)).toBe(true)
    expect(await platform.problems()).toEqual([])
    await platform.write(child, 'a.txt', 'of the child')
    writeFileSync(big(child), BIG.subarray(0, MB))
    expect(await platform.ask(main)).toEqual({ 'a.txt': 'of the parent' })
    expect(readFileSync(big(main)).equals(BIG)).toBe(true)
  })

  it('a synchronised one too; it can go back', async () => {
    await platform.write(main, 'b.txt', 'new')
    const before = disk.usedBytes()

    const synced = await sync()

    expect(synced.error).toBeUndefined()
    expect(synced).toMatchObject({ output: { state: 'restored' }, result: 'success' })
    expect(disk.usedBytes() - before).toBeLessThan(LITTLE)
    expect(await platform.ask(child)).toEqual({ 'a.txt': 'of the parent', 'b.txt': 'new' })
    expect(readFileSync(big(child)).equals(BIG)).toBe(true)
    expect(await platform.restore(String(synced.output?.['safetyBackup']), child)).toMatchObject({ result: 'success' })
    expect(await platform.ask(child)).toEqual({ 'a.txt': 'of the child' })
    expect(await platform.problems()).toEqual([])
  })

  it('gets them also when the platform is stopped on the way', async () => {
    await platform.write(main, 'c.txt', 'newer')
    const id = startSync()
    await reached('stop')
    await platform.close()
    await platform.open(noticeStep)
    await platform.takeUp()

    expect(await platform.finished(id)).toMatchObject({ output: { state: 'restored' }, result: 'success' })
    expect(await platform.ask(child)).toEqual({ 'a.txt': 'of the parent', 'b.txt': 'new', 'c.txt': 'newer' })
    expect(await platform.problems()).toEqual([])
  })

  it('has a quota of its own, whoever made its volume', async () => {
    const { engine } = platform.parts.deps
    for (const { id } of [main, child])
      expect(await engine.volumes(id)).toContainEqual(
        expect.objectContaining({ limitBytes: QUOTA_MB * MB, name: 'uploads' }),
      )
  })

  it('stays as it was when the databases of its parent cannot be put in place', async () => {
    await say(main, 'add poison')

    expect(await sync()).toMatchObject({ output: { state: 'rolled-back' }, result: 'failure' })

    expect(await words(child)).toEqual(['one'])
    expect(await platform.ask(child)).toMatchObject({ 'c.txt': 'newer' })
    expect(await platform.problems()).toEqual([])
  })

  it('leaves nothing when it is deleted', async () => {
    await platform.run('environment.delete', child, { environment: child.id })
    expect(existsSync(platform.parts.deps.layout.environment(child.id))).toBe(false)
    expect(readFileSync(big(main)).equals(BIG)).toBe(true)
  })

  function sync() {
    return platform.finished(startSync())
  }

  function startSync(): string {
    return start('environment.sync', { code: false, data: true, only: [], rename: {}, safetyBackup: true })
  }

  function start(type: string, what: object): string {
    const { environment } = placeOf(platform.parts.deps.store, main.id)
    return platform.start(type, child, {
      backup: createId('bkp'),
      buildOnly: false,
      deployment: createId('dep'),
      environment: child.id,
      from: main.id,
      message: '',
      project: environment.project,
      source: { deployment: environment.deployment ?? '', kind: 'deployment', rebuild: false, variables: 'now' },
      ...what,
    })
  }

  function noticeStep(_activity: string, step: string): void {
    onStep?.(step)
  }

  /** Resolves when an activity begins this step. */
  function reached(wanted: string): Promise<void> {
    return new Promise(resolve => {
      onStep = step => step === wanted && resolve()
    })
  }

  function volume({ id }: TestEnvironment): string {
    return join(platform.parts.deps.layout.volumes(id), 'uploads')
  }

  function big(of: TestEnvironment): string {
    return join(volume(of), 'more', 'big')
  }

  function say(of: TestEnvironment, what: string): Promise<unknown> {
    return sayToToy(platform.service(of, 'db'), what)
  }

  async function words(of: TestEnvironment): Promise<readonly string[]> {
    return (await sayToToy(platform.service(of, 'db'), 'all')).words
  }
})
