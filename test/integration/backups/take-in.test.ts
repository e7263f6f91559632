import { execFileSync } from 'node:child_process'
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
import { buffer } from 'node:stream/consumers'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TAR_END, tarHeader } from '../../../src/lib/bundle/tar-writer.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import { unpack } from '../../../src/lib/platform/backups/unpack.ts'
import type { BackupRecord } from '../../../src/lib/platform/store/port.ts'
import { BackupPlatform } from '../../helpers/backup-platform.ts'

const POSTGRESQL = `--
-- PostgreSQL database dump
--

-- Dumped from database version 14.9 (Debian 14.9-1)
-- Dumped by pg_dump version 15.3

CREATE TABLE public.users (id integer, name text);

--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: main
--

COPY public.users (id, name) FROM stdin;
1\tAda
2\tGrace
\\.

--
-- PostgreSQL database dump complete
--
`

describe('a file that becomes a backup', () => {
  let platform: BackupPlatform
  let directory: string

  beforeAll(async () => {
    platform = new BackupPlatform()
    await platform.open()
    directory = join(platform.root, 'files')
    mkdirSync(join(directory, 'library', 'deep'), { recursive: true })
    writeFileSync(join(directory, 'library', 'deep', 'a.bin'), 'abc')
    writeFileSync(join(directory, 'library', 'b.txt'), 'hello')
  })
  afterAll(() => platform?.dispose())

  it.each([
    ['as it is', (text: string) => Buffer.from(text)],
    ['with gzip', (text: string) => gzipSync(text)],
    ['with zstd', (text: string) => zstdCompressSync(text)],
  ])('may be a dump of PostgreSQL %s', async (_how, write) => {
    const { contents, state } = await takeIn('dump', write(POSTGRESQL))
    expect(state).toBe('complete')
    expect(contents).toMatchObject([{ kind: 'database', name: 'database', rows: 2, type: 'postgresql 14.9' }])
  })

  it('may be an archive of a volume', async () => {
    const { contents, manifest } = await takeIn('library.tgz', archive('czf', '.'))
    expect(contents).toMatchObject([{ files: 2, kind: 'volume', name: 'data' }])
    expect(manifest?.parts).toMatchObject([{ directories: ['_'], fileBytes: 8 }])
  })

  it.each(['gnu', 'posix'])(
    'keeps names, several names of a file and times of an archive of format %s',
    async format => {
      const library = join(directory, 'library')
      writeFileSync(join(library, 'ümlaut'), 'hello')
      linkSync(join(library, 'ümlaut'), join(library, 'same'))
      utimesSync(join(library, 'ümlaut'), 1_600_000_000.25, 1_600_000_000.25)
      const { manifest } = await takeIn('library.tgz', archive(`cz --format=${format} -f`, '.'))
      for (const name of ['ümlaut', 'same']) rmSync(join(library, name))

      const [part] = manifest?.parts ?? []
      if (!part) throw new Error('there is no part')
      const out = join(directory, `out-${format}`)
      mkdirSync(out)
      await unpack(platform.parts.backups.deps.parts, part, async content => {
        execFileSync('tar', ['-C', out, '-xf', '-'], { input: await buffer(content) })
      })
      const [one, same] = ['ümlaut', 'same'].map(name => lstatSync(join(out, '_', name)))
      expect(one?.ino).toBe(same?.ino)
      expect(one?.mtimeMs).toBe(format === 'posix' ? 1_600_000_000_250 : 1_600_000_000_000)
      expect(part).toMatchObject({ fileBytes: 3 + 5 + 5 + 5, files: 4 })
    },
  )

  it('may be a bundle, which keeps its manifest and comes out as it went in', async () => {
    const { id } = await takeIn('dump', Buffer.from(POSTGRESQL))
    const bytes = await download(id)
    const again = await takeIn('bundle.tar', bytes)

    expect(again.id).not.toBe(id)
    expect(again.manifest?.id).toBe(id)
    // of the time of its data, not of its upload
    expect(again.createdAt).toBe(again.manifest?.createdAt)
    expect(await download(again.id)).toEqual(bytes)
  })

  it('is refused when it is damaged, cut off, encrypted or something else, and leaves nothing', async () => {
    const bundle = await download((await takeIn('library.tgz', archive('czf', '.'))).id)
    const damaged = Buffer.from(bundle)
    // the last part is shorter than a block of the tar, and two empty ones end it
    const at = bundle.length - 3 * 512 + 20
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at)
    symlinkSync('/etc', join(directory, 'library', 'link'))
    linkSync(join(directory, 'library', 'link'), join(directory, 'library', 'same-link'))
    const before = parts()

    for (const [what, bytes, problem] of [
      ['a damaged bundle', damaged, 'checksum'],
      ['half a bundle', bundle.subarray(0, bundle.length / 2), 'truncated'],
      ['a dump without its end', Buffer.from(POSTGRESQL.slice(0, -60)), 'truncated'],
      ['half a gzip', gzipSync(POSTGRESQL.repeat(500)).subarray(0, 300), 'truncated'],
      ['half an archive', archive('czf', '.').subarray(0, 100), 'truncated'],
      ['a name that leads elsewhere', archive('czPf', '../library/b.txt'), 'content'],
      ['a hard link that leads elsewhere', link('/etc/passwd'), 'content'],
      ['a hard link that leads up', link('../library/b.txt'), 'content'],
      ['a hard link to a symbolic one', archive('cf', 'link same-link'), 'content'],
      ['an encrypted file', Buffer.from('age-encryption.org/v1\n-> X25519 abc'), 'encrypted'],
      [
        'a dump of a whole server',
        Buffer.from(`--\n-- PostgreSQL database cluster dump\n--\n${POSTGRESQL}`),
        'content',
      ],
      ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47]), 'no-bundle'],
      ['nothing', Buffer.alloc(0), 'no-bundle'],
    ] as const)
      await expect(takeIn('file', bytes), what).rejects.toMatchObject({ code: 'failed.verify', details: { problem } })
    expect(parts()).toEqual(before)
    for (const name of ['link', 'same-link']) rmSync(join(directory, 'library', name))
  })

  async function takeIn(name: string, bytes: Buffer): Promise<BackupRecord> {
    const file = join(directory, name)
    writeFileSync(file, bytes)
    const backup = createId('bkp')
    const as = { activity: 'act_1', backup, environment: 'main', project: 'shop' }
    await platform.parts.backups.backups.takeIn(file, as, AbortSignal.timeout(20_000))
    const record = platform.parts.deps.store.backups.get(backup)
    if (!record) throw new Error('there is no record')
    return record
  }

  async function download(id: string): Promise<Buffer> {
    const bundle = await platform.parts.backups.backups.bundle(id)
    return buffer(bundle.read({ end: bundle.bytes - 1, start: 0 }))
  }

  function archive(how: string, what: string): Buffer {
    const words = ['-C', join(directory, 'library'), ...`-${how}`.split(' '), join(directory, 'made.tgz')]
    execFileSync('tar', [...words, ...what.split(' ')], {
      stdio: 'ignore',
    })
    return readFileSync(join(directory, 'made.tgz'))
  }

  function parts(): string[] {
    const names = readdirSync(join(platform.parts.deps.layout.backups, 'parts'), { encoding: 'utf8', recursive: true })
    return names.filter(name => name.length > 60).toSorted()
  }
})

/** An archive of a hard link to somewhere. */
function link(linkName: string): Buffer {
  const head = {
    letter: '1',
    linkName,
    mode: 0o644,
    mtime: '0',
    name: 'a',
    pax: new Map(),
    size: 0,
    type: 'link',
  } as const
  return Buffer.concat([tarHeader(head), TAR_END])
}
