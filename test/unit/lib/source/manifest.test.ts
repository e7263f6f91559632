import { hash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { encodeManifest, manifestDigest, parseManifest } from '../../../../src/lib/source/manifest.ts'
import { applyDelta, deltaBase, diffManifests } from '../../../../src/lib/source/manifest-delta.ts'
import { type FileEntry, type TreeEntry, comparePaths } from '../../../../src/lib/source/tree.ts'
import { createRandom } from '../../../helpers/random.ts'

const EMPTY = hash('sha256', '')
const file = (path: string, over: Partial<FileEntry> = {}): TreeEntry => ({
  executable: false,
  kind: 'file',
  path,
  sha256: EMPTY,
  size: 0,
  ...over,
})
const link = (path: string, target: string): TreeEntry => ({ kind: 'symlink', path, target })
const sorted = (entries: readonly TreeEntry[]): TreeEntry[] => entries.toSorted((a, b) => comparePaths(a.path, b.path))

describe('the manifest', () => {
  test('survives encoding with spaces, backslashes, control characters and letters of any script', () => {
    const names = [
      'a b',
      'tab\there',
      'line\nbreak',
      'back\\slash',
      '\\x0a',
      'ünï',
      '😀',
      '\uffee',
      '-dash',
      '+plus',
      '\x7f',
      'L x',
    ]
    const entries = sorted([...names.map(name => file(name, { executable: true, size: 7 })), link('link\n', 'a b')])
    expect(parseManifest(encodeManifest(entries))).toEqual(entries)
  })

  test('sorts by bytes, not by UTF-16 units', () => {
    expect(comparePaths('\uffee', '😀')).toBeLessThan(0)
    expect(comparePaths('a', 'ab')).toBeLessThan(0)
  })

  test.each([
    ['an absolute path', [file('/etc/passwd')]],
    ['a way up', [file('../outside')]],
    ['a way up in the middle', [file('a/../../outside')]],
    ['a dot', [file('./a')]],
    ['an empty part', [file('a//b')]],
    ['a slash at the end', [file('a/')]],
    ['NUL', [file('a\0b')]],
    ['half of a surrogate pair', [file('a\ud800')]],
    ['a name of 256 bytes', [file('a'.repeat(256))]],
    ['a path twice', [file('a'), file('a')]],
    ['the wrong order', [file('b'), file('a')]],
    ['a file below a file', [file('a'), file('a/b')]],
    ['a file below a link', [file('real/x'), link('z', 'real'), file('z/y')]],
    ['a link to an absolute path', [link('a', '/etc/passwd')]],
    ['a link that leaves', [link('a', '../secret')]],
    ['a link that leaves from further down', [link('a/b/c', '../../../secret')]],
    ['a link that leaves through another link', [link('d/e/s', '../..'), link('t', 'd/e/s/..')]],
    ['a link without target', [link('a', '')]],
    ['a hash that is none', [file('a', { sha256: 'xyz' })]],
    ['a size that is none', [file('a', { size: -1 })]],
  ])('refuses %s', (_, entries) => {
    expect(() => parseManifest(encodeManifest(entries))).toThrow(/the tree's manifest/)
  })

  test.each([
    ['another header', 'aloft-tree 2\n'],
    ['no end', `aloft-tree 1\nF ${EMPTY} 0 a`],
    ['a size with leading zeros', `aloft-tree 1\nF ${EMPTY} 00 a\n`],
    ['an escape that need not be', `aloft-tree 1\nF ${EMPTY} 0 \\x41\n`],
    ['an escape that is none', `aloft-tree 1\nF ${EMPTY} 0 \\q\n`],
    ['upper-case hex', `aloft-tree 1\nF ${EMPTY.toUpperCase()} 0 a\n`],
    ['an empty line', 'aloft-tree 1\n\n'],
  ])('refuses %s', (_, text) => {
    expect(() => parseManifest(text)).toThrow(/the tree's manifest/)
  })

  test('accepts links that stay inside, dangling and circular ones too', () => {
    const entries = sorted([link('a', 'b'), link('b', 'a'), link('d/up', '../gone'), link('d/e', '..'), file('f')])
    expect(parseManifest(encodeManifest(entries))).toEqual(entries)
  })
})

const randomTree = (seed: number): TreeEntry[] => {
  const random = createRandom(seed)
  const paths = new Map<string, TreeEntry>()
  for (let count = random.below(60); count > 0; count--) {
    const path = `${random.pick(['a', 'é', 'x y', '-', '+', 'L'])}/${random.pick(['\t', '😀', 'f', '\\'])}${random.below(30)}`
    const isLink = random.below(5) === 0
    const content = {
      executable: random.below(2) === 0,
      sha256: hash('sha256', `${random.below(5)}`),
      size: random.below(9),
    }
    paths.set(path, isLink ? link(path, `${random.below(3)}`) : file(path, content))
  }
  return sorted([...paths.values()])
}

describe('the difference of manifests', () => {
  test('leads from any base to any tree, and is empty between equals (300 seeds)', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const [from, to] = [randomTree(seed), randomTree(seed * 7919)]
      const [base, manifest] = [encodeManifest(from), encodeManifest(to)]
      const delta = diffManifests(base, manifestDigest(base), manifest)
      expect(deltaBase(delta)).toBe(manifestDigest(base))
      expect(encodeManifest(applyDelta(parseManifest(base), delta).entries), `seed ${seed}`).toBe(manifest)
      expect(diffManifests(base, manifestDigest(base), base).split('\n')).toHaveLength(2)
    }
  })

  test('refuses lines that do not fit', () => {
    const base = encodeManifest([file('a')])
    const header = `aloft-delta 1 ${manifestDigest(base)}\n`
    for (const lines of ['-b\n', '?a\n', '+nonsense\n', '-a'])
      expect(() => applyDelta(parseManifest(base), header + lines)).toThrow(/manifest/)
    expect(() => deltaBase('hello\n')).toThrow(/neither/)
    expect(deltaBase(base)).toBeUndefined()
  })
})
