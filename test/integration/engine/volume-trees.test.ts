import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { copyTree } from '../../../src/lib/platform/engine/process/volumes/copy-tree.ts'
import { HeldDirectory } from '../../../src/lib/platform/engine/process/volumes/held-directory.ts'
import { measureTree } from '../../../src/lib/platform/engine/process/volumes/measure-tree.ts'

const isRoot = process.getuid?.() === 0
const OWNER = 60_321
const LARGE = 300 * 1024

describe('trees of volumes', () => {
  let root: string
  let tree: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'aloft-'))
    tree = join(root, 'tree')
    mkdirSync(join(tree, 'below'), { recursive: true })
    writeFileSync(join(tree, 'file'), 'text')
    writeFileSync(join(tree, 'below', 'large'), Buffer.alloc(LARGE, 7))
    writeFileSync(join(root, 'secret'), 'secret')
  })
  afterEach(() => rmSync(root, { force: true, recursive: true }))

  test('are measured without following links, files of several names once', async () => {
    linkSync(join(tree, 'below', 'large'), join(tree, 'again'))
    symlinkSync(root, join(tree, 'out'))
    const [kilobytes] = execFileSync('du', ['-sk', tree], { encoding: 'utf8' }).split('\t')

    const { bytes, files } = await measureTree(tree)

    expect(files).toBe(3)
    // Without the top directory itself.
    expect(bytes).toBe(Number(kilobytes) * 1024 - lstatSync(tree).blocks * 512)
    expect(await measureTree(join(root, 'absent'))).toEqual({ bytes: 0, files: 0 })
    expect(await measureTree(join(tree, 'out'))).toEqual({ bytes: 0, files: 0 })
  })

  test('are copied with times below a millisecond', async () => {
    execFileSync('touch', ['-d', '2020-01-01T00:00:00.123456789Z', join(tree, 'file')])

    await copyTree(tree, join(root, 'copy'), undefined)

    const [from, to] = [tree, join(root, 'copy')].map(top => lstatSync(join(top, 'file'), { bigint: true }).mtimeNs)
    // what a number of seconds holds
    expect(Math.abs(Number(from) - Number(to))).toBeLessThan(1_000)
  })

  test('are measured while files come and go', async () => {
    const script = `i=0; while :; do i=$((i+1)); mkdir -p '${tree}'/d$((i%50)); echo x > '${tree}'/d$((i%50))/f; rm -rf '${tree}'/d$(((i+25)%50)); done`
    const writer = spawn('sh', ['-c', script], { stdio: 'ignore' })
    try {
      for (let round = 0; round < 50; round++) expect((await measureTree(tree)).files).toBeGreaterThanOrEqual(2)
    } finally {
      writer.kill('SIGKILL')
      await once(writer, 'exit')
    }
  })

  test('are copied with names, links, permissions and times; what is no file is left out', async () => {
    linkSync(join(tree, 'below', 'large'), join(tree, 'again'))
    symlinkSync('../secret', join(tree, 'out'))
    execFileSync('mkfifo', [join(tree, 'pipe')])
    chmodSync(join(tree, 'file'), 0o4750)
    utimesSync(join(tree, 'file'), 1000, 1000)
    const target = join(root, 'copy')

    await copyTree(tree, target, isRoot ? OWNER : undefined)

    expect(readdirSync(target).toSorted()).toEqual(['again', 'below', 'file', 'out'])
    expect(readlinkSync(join(target, 'out'))).toBe('../secret')
    expect(lstatSync(join(target, 'file'))).toMatchObject({ mtimeMs: 1_000_000, size: 4 })
    expect(lstatSync(join(target, 'file')).mode & 0o7777).toBe(0o750)
    expect(readFileSync(join(target, 'again'))).toEqual(readFileSync(join(tree, 'below', 'large')))
    expect(lstatSync(join(target, 'again')).ino).toBe(lstatSync(join(target, 'below', 'large')).ino)
    const owners = ['', 'again', 'below', 'file', 'out'].map(name => lstatSync(join(target, name)).uid)
    expect(new Set(owners)).toEqual(new Set([isRoot ? OWNER : process.getuid?.()]))
  })

  test.skipIf(process.platform !== 'linux')('are held: what takes the place of a directory leads nowhere else', () => {
    using held = HeldDirectory.open(join(tree, 'below'))
    renameSync(join(tree, 'below'), join(tree, 'away'))
    symlinkSync(root, join(tree, 'below'))

    expect(held?.names()).toEqual(['large'])
    expect(lstatSync(join(held?.path ?? '', 'large')).size).toBe(LARGE)
    expect(HeldDirectory.open(join(tree, 'below'))).toBeUndefined()
    expect(HeldDirectory.open(join(tree, 'file'))).toBeUndefined()
  })
})
