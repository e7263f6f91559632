import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeTree } from '../../../src/lib/platform/remove-tree.ts'

/** Exchanges each directory for a link to another place and back, as fast as it can. */
const SWAPPER = `
const fs = require('node:fs')
const [, tree, outside] = process.argv
const names = fs.readdirSync(tree)
process.stdout.write('swapping')
for (;;) for (const name of names) {
  const path = tree + '/' + name
  try { fs.renameSync(path, path + '.away'); fs.symlinkSync(outside, path) } catch {}
  try { fs.unlinkSync(path) } catch {}
  try { fs.renameSync(path + '.away', path) } catch {}
}
`
const DIRECTORIES = 60
const FILES = 20
const ROUNDS = 3

describe('removing a tree', () => {
  let root: string
  let tree: string
  let outside: string

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'aloft-remove-'))
    tree = join(root, 'tree')
    outside = join(root, 'outside')
    mkdirSync(outside)
  })
  afterEach(() => rmSync(root, { force: true, recursive: true }))

  it.skipIf(process.platform !== 'linux')(
    'reaches nothing outside while its directories are exchanged for links (Linux)',
    async () => {
      for (let file = 0; file < FILES; file++) writeFileSync(join(outside, `file-${file}`), 'precious')
      for (let round = 0; round < ROUNDS; round++) {
        fill()
        const swapper = spawn(process.execPath, ['-e', SWAPPER, tree, outside], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        await new Promise(resolve => swapper.stdout.once('data', resolve))
        // whether it succeeds while somebody works against it is another matter
        await removeTree(tree).catch(() => undefined)
        await end(swapper)

        expect(readdirSync(outside)).toHaveLength(FILES)
        await removeTree(tree)
        expect(existsSync(tree)).toBe(false)
      }
    },
  )

  it('takes along directories that nobody may read or write, and links without what they lead to', async () => {
    writeFileSync(join(outside, 'kept'), '')
    mkdirSync(join(tree, 'closed', 'below'), { recursive: true })
    writeFileSync(join(tree, 'closed', 'below', 'file'), '')
    symlinkSync(outside, join(tree, 'link'))
    chmodSync(join(tree, 'closed', 'below'), 0o555)
    chmodSync(join(tree, 'closed'), 0)

    await removeTree(tree)

    expect(existsSync(tree)).toBe(false)
    expect(readdirSync(outside)).toEqual(['kept'])
  })

  it('takes a file, and nothing, for removed; of a link only the link', async () => {
    writeFileSync(join(root, 'file'), '')
    writeFileSync(join(outside, 'kept'), '')
    symlinkSync(outside, join(root, 'link'))

    for (const name of ['file', 'link', 'absent']) await removeTree(join(root, name))

    expect(readdirSync(root)).toEqual(['outside'])
    expect(readdirSync(outside)).toEqual(['kept'])
  })

  it('removes a deep tree', async () => {
    mkdirSync(join(tree, ...Array.from({ length: 900 }, () => 'd')), { recursive: true })

    await removeTree(tree)

    expect(existsSync(tree)).toBe(false)
  })

  function fill(): void {
    for (let directory = 0; directory < DIRECTORIES; directory++) {
      mkdirSync(join(tree, `directory-${directory}`), { recursive: true })
      for (let file = 0; file < FILES; file++) writeFileSync(join(tree, `directory-${directory}`, `file-${file}`), '')
    }
  }
})

async function end(child: ChildProcess): Promise<void> {
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
