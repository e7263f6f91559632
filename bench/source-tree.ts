import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '../test/helpers/random.ts'

const TREE_FILES = 5000
const TREE_BYTES = 100_000_000

const FILES_PER_DIRECTORY = 16
const WORDS =
  'account address amount basket cache client config context currency customer delivery discount entry error event handler index invoice item label limit line logger member message model name number offer option order page parent payment price product promise query rate record region report request response result route schema search session setting shop signal stock store stream tax total user value variant version widget'.split(
    ' ',
  )
const SHAPES = [
  'export function A(B, C) {',
  '  const B = await A.C(D)',
  "  if (A === undefined) throw new Error('no A for B')",
  '  return { A, B: C.D, C: A ?? B }',
  '  for (const A of B.C) D.push(A.B)',
  '}',
  '',
  '/** The A of a B, by its C. */',
  "import { A, B } from './C-D.js'",
  '    this.A = B.map(C => C.D).filter(Boolean)',
]

/** Writes 5,000 files, together 100 MB, of text that looks like JavaScript; the same each time. Sizes differ tenfold. */
export function createSourceTree(directory: string): void {
  const random = createRandom(1)
  const lines = Array.from({ length: 20_000 }, () => random.pick(SHAPES).replaceAll(/\b[A-D]\b/g, () => name(random)))
  const weights = Array.from({ length: TREE_FILES }, () => 0.2 + 1.8 * random.next())
  const sum = weights.reduce((total, weight) => total + weight, 0)
  for (const [index, weight] of weights.entries()) {
    const bytes = Math.round((TREE_BYTES * weight) / sum)
    const path = join(directory, filePath(index))
    if (index % FILES_PER_DIRECTORY === 0) mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(
      path,
      fileText(index, bytes, () => random.pick(lines)),
    )
    // not of the last moment: what has just been written is read again
    utimesSync(path, 1_700_000_000, 1_700_000_000)
  }
}

/** Path of the n-th file in the tree. */
export function filePath(index: number): string {
  const directory = Math.floor(index / FILES_PER_DIRECTORY)
  return `src/part-${directory % 20}/module-${directory}/file-${index}.js`
}

function fileText(index: number, bytes: number, line: () => string): string {
  const parts = [`// file ${index}`]
  let length = parts.join('').length
  while (length < bytes) {
    const next = line()
    parts.push(next)
    length += next.length + 1
  }
  return parts.join('\n').slice(0, bytes)
}

function name({ below, pick }: ReturnType<typeof createRandom>): string {
  const first = pick(WORDS)
  const second = pick(WORDS)
  return below(3) === 0 ? first : first + second[0]?.toUpperCase() + second.slice(1)
}
