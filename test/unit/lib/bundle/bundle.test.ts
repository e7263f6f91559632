import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { layOutBundle, type OpenPart } from '../../../../src/lib/bundle/layout.ts'
import type { BundleManifest, BundlePart } from '../../../../src/lib/bundle/manifest.ts'
import { readBundle } from '../../../../src/lib/bundle/read.ts'

const CONTENTS = {
  'databases/db.sql.zst': randomBytes(300_017),
  'volumes/plain.tar': randomBytes(10_240),
  'volumes/uploads.tar.zst': randomBytes(70_000),
}

function manifestOf(): BundleManifest {
  return {
    consistency: 'consistent',
    createdAt: '2026-11-01T10:00:00.000Z',
    environment: 'main',
    format: 'aloft-backup',
    id: 'bkp_1',
    parts: Object.entries(CONTENTS).map(([name, content]) => volumePart(name, content)),
    project: 'shop',
    tool: 'aloft 0.1.0',
    version: 1,
  }
}

function volumePart(name: string, content: Buffer): BundlePart {
  const sha256 = createHash('sha256').update(content).digest('hex')
  return {
    bytes: content.length,
    digest: sha256,
    directories: ['_'],
    fileBytes: 5,
    files: 1,
    kind: 'volume',
    name,
    sha256,
    volume: name,
  }
}

async function bundleOf(): Promise<Buffer> {
  const layout = await layOutBundle(manifestOf())
  return buffer(layout.read({ end: layout.bytes - 1, start: 0 }, openIn(CONTENTS)))
}

function openIn(contents: Readonly<Record<string, Buffer>>): OpenPart {
  return async ({ name }, { end, start }) => Readable.from([contents[name]?.subarray(start, end + 1)])
}

async function read(bytes: Buffer): Promise<{ manifest: BundleManifest; contents: Record<string, Buffer> }> {
  const contents: Record<string, Buffer> = {}
  const pieces = Array.from({ length: Math.ceil(bytes.length / 9999) }, (_, i) =>
    bytes.subarray(i * 9999, (i + 1) * 9999),
  )
  const manifest = await readBundle(Readable.from(pieces), async ({ name }, content) => {
    contents[name] = await buffer(content)
  })
  return { contents, manifest }
}

const refused = (problem: string): object =>
  expect.objectContaining({ code: 'failed.verify', details: expect.objectContaining({ problem }) })

describe('a bundle', () => {
  it('is read as it was written, and is the same each time', async () => {
    const bytes = await bundleOf()
    expect(await bundleOf()).toEqual(bytes)
    expect(bytes.length).toBe((await layOutBundle(manifestOf())).bytes)
    const { contents, manifest } = await read(bytes)
    expect(manifest).toEqual(manifestOf())
    expect(contents).toEqual(CONTENTS)
  })

  it('can be read from any byte to any byte', async () => {
    const bytes = await bundleOf()
    const layout = await layOutBundle(manifestOf())
    for (const [start, end] of [
      [0, 0],
      [500, 600],
      [1000, 250_000],
      [bytes.length - 1030, bytes.length - 1],
    ] as const) {
      const range = layout.read({ end, start }, openIn(CONTENTS))
      expect(await buffer(range)).toEqual(bytes.subarray(start, end + 1))
    }
  })

  it('is an ordinary tar that other programs may pad', async () => {
    const bytes = await bundleOf()
    expect((await read(Buffer.concat([bytes, Buffer.alloc(10_240)]))).contents).toEqual(CONTENTS)
  })
})

describe('a file that is no good bundle', () => {
  it('is refused when any byte of a part differs', async () => {
    const bytes = await bundleOf()
    const at = bytes.indexOf(CONTENTS['databases/db.sql.zst']) + 1000
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    await expect(read(bytes)).rejects.toEqual(refused('checksum'))
  })

  it('is refused wherever it is cut off', async () => {
    const bytes = await bundleOf()
    for (const length of [100, 512, 900, 5000, 310_000, bytes.length - 1024, bytes.length - 1])
      await expect(read(bytes.subarray(0, length)), `${length} bytes`).rejects.toMatchObject({ code: 'failed.verify' })
    await expect(read(bytes.subarray(0, bytes.length - 1))).rejects.toEqual(refused('truncated'))
    await expect(read(Buffer.alloc(0))).rejects.toEqual(refused('no-bundle'))
  })

  it('is refused when something follows its end', async () => {
    const bytes = await bundleOf()
    await expect(read(Buffer.concat([bytes, Buffer.alloc(512, 'x')]))).rejects.toEqual(refused('trailing'))
    await expect(read(Buffer.concat([bytes, bytes]))).rejects.toEqual(refused('content'))
  })

  it('is refused when it misses a part, has one more or has them in another order', async () => {
    const [first, second] = manifestOf().parts
    const lacking = { ...manifestOf(), parts: [first, second, volumePart('volumes/more.tar.zst', Buffer.alloc(3))] }
    const surplus = { ...manifestOf(), parts: [first] }
    for (const claimed of [lacking, surplus, { ...manifestOf(), parts: [second, first] }]) {
      const text = Buffer.from(JSON.stringify(claimed))
      await expect(read(await withManifest(text))).rejects.toMatchObject({ code: 'failed.verify' })
    }
  })

  it('is refused when a part is a link', async () => {
    const bytes = await bundleOf()
    const header = bytes.indexOf('databases/db.sql.zst', bytes.indexOf(CONTENTS['databases/db.sql.zst']) - 512)
    bytes.write('2', header + 156)
    reseal(bytes, header)
    await expect(read(bytes)).rejects.toEqual(refused('content'))
  })

  it.each([
    ['a newer version', { version: 2 }, 'unknown-version'],
    ['another format', { format: 'other' }, 'no-bundle'],
    [
      'a name that leads elsewhere',
      { parts: [{ ...manifestOf().parts[0], name: 'volumes/../../etc/passwd' }] },
      'content',
    ],
    ['a time that is none', { createdAt: 'yesterday' }, 'content'],
    ['a name twice', { parts: [manifestOf().parts[0], manifestOf().parts[0]] }, 'content'],
    ['a field that is no number', { parts: [{ ...manifestOf().parts[0], bytes: '12' }] }, 'content'],
  ])('is refused when its manifest has %s', async (_what, change, problem) => {
    const text = Buffer.from(JSON.stringify({ ...manifestOf(), ...change }))
    await expect(read(await withManifest(text))).rejects.toEqual(refused(problem))
  })

  it.each(['..', '..%2F..%2Fetc', 'a%2F..%2Fb', '%zz', 'a/b', ''])(
    'is refused when its manifest has the directory "%s"',
    async name => {
      const parts = [{ ...volumePart('volumes/a.tar.zst', randomBytes(9)), directories: [name] }]
      const text = Buffer.from(JSON.stringify({ ...manifestOf(), parts }))
      await expect(read(await withManifest(text))).rejects.toEqual(refused('content'))
    },
  )

  it('is refused when it is something else', async () => {
    await expect(read(randomBytes(5000))).rejects.toMatchObject({ code: 'failed.verify' })
    await expect(read(Buffer.from('{}'))).rejects.toMatchObject({ code: 'failed.verify' })
  })
})

/** The bundle with another text in the place of its manifest. */
async function withManifest(text: Buffer): Promise<Buffer> {
  const bytes = await bundleOf()
  const own = Number.parseInt(bytes.toString('latin1', 124, 135), 8)
  const header = Buffer.from(bytes.subarray(0, 512))
  header.write(text.length.toString(8).padStart(11, '0'), 124)
  reseal(header, 0)
  const padding = Buffer.alloc((512 - (text.length % 512)) % 512)
  return Buffer.concat([header, text, padding, bytes.subarray(512 + Math.ceil(own / 512) * 512)])
}

/** Writes a tar header's checksum anew. */
function reseal(bytes: Buffer, at: number): void {
  bytes.fill(' ', at + 148, at + 156)
  const sum = bytes.subarray(at, at + 512).reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148)
}
