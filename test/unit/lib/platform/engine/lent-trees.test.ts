import { chmod, link, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LentTrees } from '../../../../../src/lib/platform/engine/process/isolation/lent-trees.ts'

const isRoot = process.getuid?.() === 0
const OWNER = 64_999

let tree: string

beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), 'aloft-lent-'))
  await mkdir(join(tree, 'cache/deep'), { recursive: true })
  await writeFile(join(tree, 'cache/deep/file'), '')
})
afterEach(() => rm(tree, { force: true, recursive: true }))

it.skipIf(!isRoot)(
  'leaves a tree to its user until the last process that may write it has ended (needs root)',
  async () => {
    const lent = new LentTrees(OWNER)
    const cache = join(tree, 'cache')
    await Promise.all([lent.lend(cache), lent.lend(cache)])
    await chmod(join(cache, 'deep'), 0o777)

    await lent.takeBack(cache)
    expect((await lstat(join(cache, 'deep/file'))).uid).toBe(OWNER)

    await lent.takeBack(cache)
    expect((await lstat(join(cache, 'deep/file'))).uid).toBe(0)
    expect((await lstat(join(cache, 'deep'))).mode & 0o777).toBe(0o755)
  },
)

it.skipIf(!isRoot)('gives links away, never what they lead to (needs root)', async () => {
  await mkdir(join(tree, 'outside'))
  await symlink('../outside', join(tree, 'cache/link'))

  await new LentTrees(OWNER).lend(join(tree, 'cache'))

  expect((await lstat(join(tree, 'cache/link'))).uid).toBe(OWNER)
  expect((await lstat(join(tree, 'outside'))).uid).toBe(0)
})

it.skipIf(!isRoot)('never touches a file of others through a second name (needs root)', async () => {
  const secret = join(tree, 'secret')
  await writeFile(secret, '', { mode: 0o600 })
  const lent = new LentTrees(OWNER)
  const cache = join(tree, 'cache')
  await link(secret, join(cache, 'before'))
  await lent.lend(cache)
  await link(secret, join(cache, 'meanwhile'))
  await lent.takeBack(cache)

  const { mode, nlink, uid } = await lstat(secret)
  expect({ mode: mode & 0o777, nlink, uid }).toEqual({ mode: 0o600, nlink: 1, uid: 0 })
})
