import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { layOutBundle } from '../../../src/lib/bundle/layout.ts'
import type { BundleManifest, VolumePart } from '../../../src/lib/bundle/manifest.ts'
import { readVolumeFacts } from '../../../src/lib/bundle/volume-facts.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import { TAR_END, tarHeader } from '../../../src/lib/bundle/tar-writer.ts'
import type { VolumePlace } from '../../../src/lib/platform/backups/volumes.ts'
import { BackupPlatform, type TestEnvironment } from '../../helpers/backup-platform.ts'

/** Compresses to some KB. */
const LARGE = 64 * 1024 * 1024

describe('the files of a volume', () => {
  let platform: BackupPlatform
  let shop: TestEnvironment
  let files: string

  beforeAll(async () => {
    platform = new BackupPlatform()
    await platform.open()
    shop = await platform.deploy('shop', {})
    await platform.write(shop, 'a.txt', 'first')
    files = join(platform.parts.deps.layout.volumes(shop.id), 'uploads', '_')
  })
  afterAll(() => platform?.dispose())

  it('come back from a backup with their several names and their times below a second', async () => {
    writeFileSync(join(files, 'one'), 'content')
    linkSync(join(files, 'one'), join(files, 'two'))
    utimesSync(join(files, 'one'), 1_600_000_000.25, 1_600_000_000.25)
    execFileSync('touch', ['-d', '2020-01-01T00:00:00.123456789Z', join(files, 'a.txt')])
    const { backup } = await platform.backUp(shop)
    rmSync(join(files, 'one'))
    await platform.write(shop, 'a.txt', 'changed')

    expect(await platform.restore(backup.id, shop)).toMatchObject({ output: { state: 'restored' } })

    const [a, one, two] = ['a.txt', 'one', 'two'].map(name => lstatSync(join(files, name), { bigint: true }))
    expect(one?.ino).toBe(two?.ino)
    expect(one).toMatchObject({ mtimeNs: 1_600_000_000_250_000_000n, nlink: 2n })
    expect(a?.mtimeNs).toBe(1_577_836_800_123_456_789n)
    expect(await platform.verify(backup.id)).toMatchObject({ result: 'success' })
    expect(backup.contents).toMatchObject([{ files: 3, kind: 'volume' }])
    expect(backup.manifest?.parts).toMatchObject([{ fileBytes: 5 + 7 + 7 }])
  })

  it('come as the same bytes each time', async () => {
    const place = { directories: ['_'], environment: shop.id, volume: 'uploads' }
    expect(await archive(place)).toEqual(await archive(place))
  })

  it('become files of their own where links could not be made again', async () => {
    const root = platform.parts.deps.layout.volumes(shop.id)
    for (const directory of ['_', 'x']) mkdirSync(join(root, 'several', directory), { recursive: true })
    writeFileSync(join(root, 'several', '_', 'one'), 'content')
    linkSync(join(root, 'several', '_', 'one'), join(root, 'several', 'x', 'two'))
    mkdirSync(join(root, 'linked', '_'), { recursive: true })
    symlinkSync('/etc/passwd', join(root, 'linked', '_', 'one'))
    linkSync(join(root, 'linked', '_', 'one'), join(root, 'linked', '_', 'two'))

    for (const [volume, directories] of [
      ['several', ['_', 'x']],
      ['linked', ['_']],
    ] as const) {
      const tar = await archive({ directories, environment: shop.id, volume })
      await extract(tar, { directories, environment: shop.id, volume: `${volume}-again` })
      expect(contentsOf(join(root, `${volume}-again`))).toEqual(contentsOf(join(root, volume)))
    }
  })

  it('come back from bundles of older versions', async () => {
    const tar = execFileSync('tar', [
      '-C',
      files,
      '-cf',
      '-',
      '--format=gnu',
      '--hard-dereference',
      '--transform=s,^[.],_,S',
      '.',
    ])
    const { contentBytes: _, ...facts } = await readVolumeFacts(Readable.from([tar]))
    const backup = await upload(tar, facts)

    expect(await platform.verify(backup)).toMatchObject({ result: 'success' })
    expect(await platform.restore(backup, shop)).toMatchObject({ output: { state: 'restored' } })
    expect(readFileSync(join(files, 'one'), 'utf8')).toBe('content')
    expect(lstatSync(join(files, 'one')).nlink).toBe(1)
  })

  it.each([
    ['more bytes than the manifest says', Buffer.alloc(LARGE), { contentBytes: 10_240 }],
    [
      'a larger file than the manifest says',
      Buffer.concat([entry('0', '_/large', { size: LARGE }), Buffer.alloc(LARGE)]),
      {},
    ],
    ['a hard link that leads out of the volume', entry('1', '_/passwd', { linkName: '../../../etc/passwd' }), {}],
    [
      'a hard link to a symbolic one',
      Buffer.concat([entry('2', '_/a', { linkName: '/etc/passwd' }), entry('1', '_/b', { linkName: '_/a' })]),
      {},
    ],
  ])('are refused with %s: the environment is as before, the disk has none of it', async (_what, entries, over) => {
    const facts = { digest: '0'.repeat(64), fileBytes: 10, files: 1 }
    const backup = await upload(Buffer.concat([entries, TAR_END]), { ...facts, ...over })
    const before = await platform.ask(shop)

    expect(await platform.verify(backup)).toMatchObject({ error: { code: 'failed.verify' } })
    const restored = await platform.restore(backup, shop)

    expect(restored).toMatchObject({ output: { state: 'rolled-back' }, result: 'failure' })
    expect(restored.error?.message).toMatch(/more than the|leads elsewhere|no file that comes before/)
    expect(await platform.ask(shop)).toEqual(before)
    expect(readdirSync(platform.parts.deps.layout.volumes(shop.id)).filter(name => name.includes('~'))).toEqual([])
  })

  async function archive(place: VolumePlace): Promise<Buffer> {
    const sink = new PassThrough()
    const signal = AbortSignal.timeout(30_000)
    const { volumeJobs } = platform.parts.backups.deps
    const [tar] = await Promise.all([buffer(sink), volumeJobs.archive(place, sink, { live: false, signal })])
    return tar
  }

  function extract(tar: Buffer, place: VolumePlace): Promise<void> {
    return platform.parts.backups.deps.volumeJobs.extract(place, Readable.from([tar]), AbortSignal.timeout(30_000))
  }

  /** Takes in a bundle of one volume; returns its backup. */
  async function upload(
    tar: Buffer,
    facts: Pick<VolumePart, 'contentBytes' | 'digest' | 'fileBytes' | 'files'>,
  ): Promise<string> {
    const stored = zstdCompressSync(tar)
    const part: VolumePart = {
      bytes: stored.length,
      directories: ['_'],
      kind: 'volume',
      name: 'volumes/uploads.tar.zst',
      sha256: createHash('sha256').update(stored).digest('hex'),
      volume: 'uploads',
      ...facts,
    }
    const manifest: BundleManifest = {
      consistency: 'live',
      createdAt: new Date().toISOString(),
      environment: 'main',
      format: 'aloft-backup',
      id: createId('bkp'),
      parts: [part],
      project: 'shop',
      tool: 'aloft 0.0.1',
      version: 1,
    }
    const layout = await layOutBundle(manifest)
    const file = join(platform.root, 'bundle.tar')
    writeFileSync(
      file,
      await buffer(layout.read({ end: layout.bytes - 1, start: 0 }, () => Promise.resolve(Readable.from([stored])))),
    )
    const backup = createId('bkp')
    const as = { activity: 'act_1', backup, environment: 'main', project: 'shop' }
    await platform.parts.backups.backups.takeIn(file, as, AbortSignal.timeout(30_000))
    return backup
  }
})

function entry(
  letter: string,
  name: string,
  { linkName = '', size = 0 }: { linkName?: string; size?: number },
): Buffer {
  return tarHeader({ letter, linkName, mode: 0o644, mtime: '0', name, pax: new Map(), size, type: 'other' })
}

function contentsOf(directory: string): string {
  return execFileSync('find', ['.', '-printf', String.raw`%p %y %l %s\n`], { cwd: directory })
    .toString()
    .split('\n')
    .toSorted()
    .join('\n')
}
