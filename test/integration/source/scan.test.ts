import { execFileSync, fork } from 'node:child_process'
import { hash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs' // prettier-ignore
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type SourceTree, scanTree } from '../../../src/lib/source/scan-tree.ts'
import { scanElsewhere } from './scan-elsewhere.ts'
import { createRandom } from '../../helpers/random.ts'

let base: string
let root: string
let cacheFile: string
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'aloft-scan-'))
  root = join(base, 'app')
  cacheFile = join(base, 'cache', 'stat')
  mkdirSync(root)
})
afterEach(() => rmSync(base, { force: true, recursive: true }))

function write(path: string, content: string | Uint8Array = path): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}
const paths = ({ entries }: SourceTree): string[] => entries.map(({ path }) => path)

describe('what belongs to a source', () => {
  test('all files with their bits, and links; neither version control nor installed packages', async () => {
    for (const path of [
      'package.json',
      'node_modules/x/index.js',
      '.git/HEAD',
      '.DS_Store',
      'src/.a.js.swp',
      'src/a.js',
    ])
      write(path)
    write('lib/node_modules/kept.js')
    write('bin/run')
    chmodSync(join(root, 'bin/run'), 0o755)
    symlinkSync('../src/a.js', join(root, 'bin/link'))
    const tree = await scanTree(root)
    expect(paths(tree)).toEqual(['bin/link', 'bin/run', 'lib/node_modules/kept.js', 'package.json', 'src/a.js'])
    expect(tree.entries[1]).toMatchObject({ executable: true, sha256: hash('sha256', 'bin/run') })
    expect(tree).toMatchObject({ bytes: 51, files: 4 })
  })

  test('ignore files of every kind; the deeper one wins, `!node_modules` takes it in', async () => {
    write('.gitignore', '*.log\n/dist\n!node_modules\n')
    write('sub/.gitignore', '!keep.log\n/own\n')
    write('.slugignore', 'docs\n')
    write('.lcpignore', 'lcp.txt\n')
    write('.aloftignore', 'aloft.txt\r\n')
    for (const path of [
      'a.log',
      'dist/x',
      'sub/dist/x',
      'sub/keep.log',
      'sub/other.log',
      'sub/own/x',
      'own/x',
      'docs/x',
      'lcp.txt',
    ])
      write(path)
    for (const path of ['aloft.txt', 'package.json', 'node_modules/x.js', 'A.LOG']) write(path)
    const found = paths(await scanTree(root)).filter(path => !path.includes('ignore'))
    expect(found).toEqual(['A.LOG', 'node_modules/x.js', 'own/x', 'package.json', 'sub/dist/x', 'sub/keep.log'])
  })

  test('names with spaces, newlines, control characters and any script are kept apart', async () => {
    const names = ['a b', 'line\nbreak', 'tab\t', 'bell\x07', 'back\\slash', '-dash', 'ünï', '😀', '\uffee', '\ufffd']
    for (const name of names) write(name)
    const tree = await scanTree(root)
    expect(new Set(paths(tree))).toEqual(new Set(names))
    expect(paths(tree)).toEqual(names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  })
})

describe('what cannot be a source', () => {
  const refused = { code: 'usage.source' }

  test('an empty directory, one that is not there, a home directory', async () => {
    await expect(scanTree(root)).rejects.toMatchObject({ ...refused, message: expect.stringContaining('no files') })
    await expect(scanTree(join(base, 'gone'))).rejects.toMatchObject(refused)
    await expect(scanTree('/')).rejects.toMatchObject(refused)
  })

  test('links that leave it, sockets, pipes and names that are no UTF-8: all named at once', async () => {
    write('a')
    symlinkSync('../../outside', join(root, 'up'))
    symlinkSync('/etc/passwd', join(root, 'absolute'))
    execFileSync('mkfifo', [join(root, 'pipe')])
    writeFileSync(Buffer.concat([Buffer.from(`${root}/odd-`), Buffer.from([0xff, 0x0a])]), '')
    const server = createServer().listen(join(root, 'socket'))
    await new Promise(resolve => server.once('listening', resolve))
    try {
      const error: unknown = await scanTree(root).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject(refused)
      for (const text of [
        'up leaves',
        'absolute leads to an absolute path',
        'pipe is a named pipe',
        'socket is a socket',
        'odd-\\xff\\x0a has a name that is not UTF-8',
      ])
        expect(String(error)).toContain(text)
    } finally {
      await new Promise(resolve => server.close(resolve))
    }
  })

  test('files that change while they are read are named', async () => {
    write('steady')
    const size = 40 * 1024 * 1024
    write('growing', new Uint8Array(size))
    const writer = fork(new URL('./append-forever.mjs', import.meta.url), [join(root, 'growing')])
    try {
      await new Promise(resolve => writer.once('message', resolve))
      await expect(scanTree(root)).rejects.toMatchObject({
        code: 'failed.source-changed',
        details: { paths: ['growing'] },
      })
    } finally {
      writer.kill('SIGKILL')
    }
  })
})

describe('the stat cache', () => {
  test('an unchanged tree is known without reading, and the cache is not written again', async () => {
    write('a')
    write('b/c')
    for (const path of ['a', 'b/c']) utimesSync(join(root, path), 1_600_000_000, 1_600_000_000)
    await pollPast(root)
    const first = await scanTree(root, { cacheFile })
    const written = lstatSync(cacheFile).ino
    const again = await scanTree(root, { cacheFile })
    expect(again.digest).toBe(first.digest)
    expect(lstatSync(cacheFile).ino).toBe(written)
  })

  test('a torn or foreign cache counts as none', async () => {
    write('a')
    const { digest } = await scanTree(root, { cacheFile })
    const bytes = readFileSync(cacheFile)
    for (const content of [
      bytes.subarray(0, 70),
      bytes.subarray(0, bytes.length - 1),
      Buffer.from('nonsense'),
      Buffer.alloc(0),
    ]) {
      writeFileSync(cacheFile, content)
      expect((await scanTree(root, { cacheFile })).digest).toBe(digest)
    }
    const elsewhere = join(base, 'elsewhere')
    renameSync(root, elsewhere)
    writeFileSync(join(elsewhere, 'a'), 'B')
    expect((await scanTree(elsewhere, { cacheFile })).digest).toBe((await scanTree(elsewhere)).digest)
  })

  test('a cached scan equals a fresh one after any change, also in the same clock tick (40 seeds)', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = createRandom(seed)
      rmSync(root, { force: true, recursive: true })
      for (let index = 0; index < 12; index++) write(`d${index % 3}/f${index}`, 'xxxx')
      await scanTree(root, { cacheFile })
      for (let round = 0; round < 6; round++) {
        for (let changes = random.below(4); changes > 0; changes--) mutate(random)
        const [cached, fresh] = [await scanTree(root, { cacheFile }), await scanTree(root)]
        expect(cached.manifest, `seed ${seed}, round ${round}`).toBe(fresh.manifest)
      }
    }
  })
})

function mutate(random: ReturnType<typeof createRandom>): void {
  const path = `d${random.below(3)}/f${random.below(14)}`
  const absolute = join(root, path)
  const content = random.pick(['aaaa', 'bbbb', 'cccc', 'longer content'])
  if (!existsSync(absolute)) return write(path, content)
  const before = lstatSync(absolute)
  switch (random.below(5)) {
    case 0:
      return write(path, content)
    case 1:
      // same size, and the old time put back
      writeFileSync(absolute, content.slice(0, 4))
      return utimesSync(absolute, before.atime, before.mtime)
    case 2:
      writeFileSync(`${absolute}.new`, content)
      return renameSync(`${absolute}.new`, absolute)
    case 3:
      return chmodSync(absolute, (before.mode & 0o111) === 0 ? 0o755 : 0o644)
    default:
      if (readdirSync(dirname(absolute)).length > 1) rmSync(absolute)
  }
}

test('a large file is hashed once, in flat memory', async () => {
  write('big', '')
  truncateSync(join(root, 'big'), 256 * 2 ** 20)
  const { digest, growthMiB } = await scanElsewhere(root)
  expect(growthMiB).toBeLessThan(64)
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
})

/** Until the file system's clock is past the racy window of what was just written. */
async function pollPast(directory: string): Promise<void> {
  const started = lstatSync(join(directory, 'a')).ctimeMs
  while (Date.now() - started < 40) await new Promise(resolve => setImmediate(resolve))
}
