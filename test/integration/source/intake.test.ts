import { execFileSync, fork } from 'node:child_process'
import { createHash, hash, randomBytes } from 'node:crypto'
import { appendFileSync, chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, statfsSync, symlinkSync, writeFileSync } from 'node:fs' // prettier-ignore
import { mkdtemp } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type SourceStore, createSourceStore } from '../../../src/lib/platform/source/source-store.ts'
import { encodeBlobHeader } from '../../../src/lib/protocol/blob-frames.ts'
import { encodeManifest, manifestDigest } from '../../../src/lib/source/manifest.ts'
import { type SourceTree, scanTree } from '../../../src/lib/source/scan-tree.ts'
import { sendTree } from '../../../src/lib/source/send-tree.ts'
import { openSentTree } from '../../../src/lib/source/sent-trees.ts'
import { countingTransport, serveSources } from './loopback.ts'

let base: string
let root: string
let cacheFile: string
let store: SourceStore
let server: Server
let socket: string

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'aloft-intake-'))
  root = join(base, 'app')
  cacheFile = join(base, 'stat')
  mkdirSync(root)
  for (let index = 0; index < 300; index++) write(`src/d${index % 7}/file ${index}.js`, `content ${index}\n`.repeat(20))
  write('copy', 'content 1\n'.repeat(20))
  write('large', randomBytes(9 * 1024 * 1024))
  write('empty', '')
  write('app/run', '#!/bin/sh\n')
  chmodSync(join(root, 'app/run'), 0o755)
  symlinkSync('run', join(root, 'app/link'))
  store = createSourceStore({ directory: join(base, 'sources') })
  ;({ server, socket } = await serveSources(store, base))
})
afterEach(async () => {
  await new Promise(resolve => server.close(resolve))
  rmSync(base, { force: true, recursive: true })
})

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

async function send(): Promise<{ tree: SourceTree; bytes: number; calls: string[] }> {
  const { sent, transport } = countingTransport(socket)
  const tree = await scanTree(root, { cacheFile })
  await sendTree(tree, transport, { project: 'shop', sent: openSentTree(cacheFile, 'here shop') })
  return { bytes: sent.bytes, calls: sent.calls, tree }
}

const staged = (): string[] => readdirSync(join(base, 'sources', 'staging'))

describe('an intake', () => {
  test('brings every content once, and the tree comes out as it went in', async () => {
    const { bytes, calls, tree } = await send()
    expect(calls).toEqual(['POST trees', 'PUT trees', 'POST blobs', 'PUT trees'])
    expect(bytes).toBeGreaterThan(tree.bytes)
    expect(store.hasTree(tree.digest)).toBe(true)
    const target = join(base, 'out')
    await store.materialise(tree.digest, '.', { target })
    expect((await scanTree(target)).digest).toBe(tree.digest)
    expect(staged()).toEqual([])
    expect(lstatSync(join(base, 'sources', 'blobs')).mode & 0o777).toBe(0o700)
  })

  test('of an unchanged tree is one question; of one changed file that file and less than 1 KB', async () => {
    await send()
    const unchanged = await send()
    expect(unchanged.calls).toEqual(['POST trees'])
    expect(unchanged.bytes).toBeLessThan(10)
    appendFileSync(join(root, 'src/d1/file 1.js'), 'more')
    const { size } = lstatSync(join(root, 'src/d1/file 1.js'))
    const changed = await send()
    expect(changed.calls).toEqual(['PUT trees', 'POST blobs', 'PUT trees'])
    expect(changed.bytes - size).toBeLessThan(1024)
    rmSync(join(root, 'copy'))
    const removed = await send()
    expect(removed.calls).toEqual(['PUT trees'])
    expect(removed.bytes).toBeLessThan(200)
  })

  test('to a server that forgot the base sends the whole manifest instead', async () => {
    const { tree } = await send()
    rmSync(join(base, 'sources', 'trees', tree.digest))
    write('new', 'new')
    const { calls } = await send()
    expect(calls).toEqual(['PUT trees', 'PUT trees', 'POST blobs', 'PUT trees'])
  })

  test('of a file that changes between scan and sending fails naming it, and nothing is stored', async () => {
    const { transport } = countingTransport(socket)
    const tree = await scanTree(root)
    write('src/d0/file 0.js', 'other')
    const sending = sendTree(tree, transport, { project: 'shop' })
    await expect(sending).rejects.toMatchObject({
      code: 'failed.source-changed',
      details: { paths: ['src/d0/file 0.js'] },
    })
    expect(store.hasTree(tree.digest)).toBe(false)
  })

  test('reports its progress in files and bytes', async () => {
    const { transport } = countingTransport(socket)
    const tree = await scanTree(root)
    const seen: number[] = []
    await sendTree(tree, transport, {
      onProgress: ({ bytes, totalBytes }) => seen.push(bytes / totalBytes),
      project: 'shop',
    })
    expect(seen.at(-1)).toBe(1)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })
})

function frame(bytes: Uint8Array, sha256 = hash('sha256', bytes)): Uint8Array {
  return Buffer.concat([encodeBlobHeader({ sha256, size: bytes.length }), bytes])
}

async function* stream(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks
}

describe('the store', () => {
  test('refuses a content that is not what its hash says, and keeps those before it', async () => {
    const good = Buffer.from('good')
    const receiving = store.receiveBlobs(stream(frame(good), frame(Buffer.from('bad'), hash('sha256', 'other'))))
    await expect(receiving).rejects.toMatchObject({ code: 'failed.source-changed' })
    const sha256 = hash('sha256', good)
    const manifest = encodeManifest([{ executable: false, kind: 'file', path: 'a', sha256, size: 4 }])
    expect(await store.putTree(manifestDigest(manifest), Buffer.from(manifest))).toEqual({ missing: [] })
    expect(staged()).toEqual([])
  })

  test('refuses trees that are not what they are called, or not valid', async () => {
    const manifest = 'aloft-tree 1\nL a\t../../etc\n'
    await expect(store.putTree(manifestDigest(manifest), Buffer.from(manifest))).rejects.toMatchObject({
      code: 'usage.source',
    })
    const empty = 'aloft-tree 1\n'
    await expect(store.putTree('0'.repeat(64), Buffer.from(empty))).rejects.toMatchObject({ code: 'usage.source' })
    expect(() => store.ask('../../etc/passwd', undefined)).toThrow(/digest/)
    expect(readdirSync(join(base, 'sources', 'trees'))).toEqual([])
  })

  test('gives files, links followed inside of the tree, and directories as trees of their own', async () => {
    const { tree } = await send()
    const read = async (path: string): Promise<string | undefined> => {
      const bytes = await store.readFile(tree.digest, path)
      return bytes && Buffer.from(bytes).toString()
    }
    expect(await read('app/link')).toBe('#!/bin/sh\n')
    expect(await read('gone')).toBeUndefined()
    expect(store.files(tree.digest)).toContain('src/d1/file 1.js')
    const before = store.subtreeDigest(tree.digest, 'app')
    write('elsewhere', 'x')
    const later = await send()
    expect(store.subtreeDigest(later.tree.digest, 'app')).toBe(before)
    await store.materialise(tree.digest, 'app', { target: join(base, 'only') })
    expect(readdirSync(join(base, 'only')).toSorted()).toEqual(['link', 'run'])
    expect(readlinkSync(join(base, 'only/link'))).toBe('run')
    expect(lstatSync(join(base, 'only/run')).mode & 0o777).toBe(0o755)
    expect(() => store.subtreeDigest(tree.digest, 'nope')).toThrow(/no directory nope/)
  })

  test('refuses to make an application of a directory whose links leave it', async () => {
    symlinkSync('../copy', join(root, 'app/out'))
    const { tree } = await send()
    expect(() => store.subtreeDigest(tree.digest, 'app')).toThrow('app/out')
  })

  test('deletes what no kept tree needs', async () => {
    const first = await send()
    write('src/d0/file 0.js', 'other')
    rmSync(join(root, 'large'))
    const second = await send()
    await store.removeUnused({ isKept: digest => digest === second.tree.digest, usedSince: Infinity })
    expect(store.hasTree(first.tree.digest)).toBe(false)
    await store.materialise(second.tree.digest, '.', { target: join(base, 'out') })
    const large = first.tree.entries.find(({ path }) => path === 'large')
    const sha256 = large?.kind === 'file' ? large.sha256 : ''
    expect(existsSync(join(base, 'sources/blobs', sha256.slice(0, 2), sha256.slice(2)))).toBe(false)
  })
})

test('kill -9 of the receiving process at any moment: what is stored is whole, and doing it again succeeds', async () => {
  const directory = join(base, 'killed')
  mkdirSync(directory)
  const tree = await scanTree(root)
  for (const delay of [0, 5, 20, 60, 150]) {
    const child = fork(new URL('./receive.mjs', import.meta.url), [directory])
    await new Promise(resolve => child.once('message', resolve))
    const { transport } = countingTransport(join(directory, 's.sock'))
    const sending = sendTree(tree, transport, { project: 'shop' }).catch(() => undefined)
    await new Promise(resolve => setTimeout(resolve, delay))
    const gone = new Promise(resolve => child.once('exit', resolve))
    child.kill('SIGKILL')
    await Promise.all([gone, sending])
    rmSync(join(directory, 's.sock'), { force: true })
    for (const sha256 of storedBlobs(directory))
      expect(
        createHash('sha256')
          .update(readFileSync(blobFile(directory, sha256)))
          .digest('hex'),
      ).toBe(sha256)
  }
  const again = createSourceStore({ directory })
  expect(readdirSync(join(directory, 'staging'))).toEqual([])
  const { server: other } = await serveSources(again, directory)
  await sendTree(tree, countingTransport(join(directory, 's.sock')).transport, { project: 'shop' })
  await new Promise(resolve => other.close(resolve))
  await again.materialise(tree.digest, '.', { target: join(base, 'out') })
  expect((await scanTree(join(base, 'out'))).digest).toBe(tree.digest)
})

function storedBlobs(directory: string): string[] {
  const blobs = join(directory, 'blobs')
  return readdirSync(blobs).flatMap(prefix => readdirSync(join(blobs, prefix)).map(rest => prefix + rest))
}

function blobFile(directory: string, sha256: string): string {
  return join(directory, 'blobs', sha256.slice(0, 2), sha256.slice(2))
}

test.skipIf(process.getuid?.() !== 0)(
  'a full disk is said so, and its space is given back (needs root for a tmpfs)',
  async () => {
    const disk = join(base, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk])
    try {
      const small = createSourceStore({ directory: join(disk, 'sources') })
      const free = statfsSync(disk).bavail
      const { server: other } = await serveSources(small, join(base, 'sources'))
      const { transport } = countingTransport(join(base, 'sources', 's.sock'))
      const tree = await scanTree(root)
      await expect(sendTree(tree, transport, { project: 'shop' })).rejects.toMatchObject({ code: 'failed.disk-full' })
      await new Promise(resolve => other.close(resolve))
      expect(small.hasTree(tree.digest)).toBe(false)
      expect(free - statfsSync(disk).bavail).toBeLessThan(20)
    } finally {
      execFileSync('umount', [disk])
    }
  },
)
