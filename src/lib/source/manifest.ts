import { hash } from 'node:crypto'
import { AppError } from '../core/errors.ts'
import { MAX_ENTRIES, SHA256_PATTERN, type TreeEntry } from './tree.ts'
import { treeProblem } from './tree-rules.ts'

/*
 * The canonical manifest: one text for one tree, so that its SHA-256 names the tree. A header, then one line per entry
 * in the order of the paths' bytes:
 *
 *   F <sha256> <size> <path>          a file; X: an executable one
 *   L <path> TAB <target>             a symbolic link
 *
 * In paths and targets a backslash is doubled, control characters are written `\xNN`.
 */

export const MANIFEST_HEADER = 'aloft-tree 1'

/** SHA-256 of a canonical manifest: the name of the tree. */
export function manifestDigest(manifest: string): string {
  return hash('sha256', manifest, 'hex')
}

/** The canonical manifest of entries that are sorted already. */
export function encodeManifest(entries: readonly TreeEntry[]): string {
  let text = `${MANIFEST_HEADER}\n`
  for (const entry of entries) text += `${encodeEntry(entry)}\n`
  return text
}

/** One line, without its end. */
function encodeEntry(entry: TreeEntry): string {
  const path = escapeName(entry.path)
  if (entry.kind === 'symlink') return `L ${path}\t${escapeName(entry.target)}`
  return `${entry.executable ? 'X' : 'F'} ${entry.sha256} ${entry.size} ${path}`
}

/**
 * Reads a manifest and checks it: form, canonical spelling, order, every path and every link.
 * @throws usage.source
 */
export function parseManifest(manifest: string): TreeEntry[] {
  const lines = manifest.split('\n')
  if (lines.shift() !== MANIFEST_HEADER) throw invalid(`does not begin with "${MANIFEST_HEADER}"`)
  if (lines.pop() !== '') throw invalid('does not end with a line end')
  if (lines.length > MAX_ENTRIES) throw invalid(`has more than ${MAX_ENTRIES} entries`)
  const entries = lines.map(parseEntry)
  const problem = treeProblem(entries)
  if (problem !== undefined) throw invalid(problem)
  return entries
}

const FILE_LINE = /^([FX]) ([0-9a-f]{64}) (0|[1-9]\d{0,15}) (.+)$/
const LINK_LINE = /^L ([^\t]+)\t([^\t]+)$/

/** One entry of a line. @throws usage.source when it is no entry in its canonical spelling */
export function parseEntry(line: string): TreeEntry {
  const entry = readEntry(line)
  if (entry === undefined || encodeEntry(entry) !== line)
    throw invalid(`has a line that is no entry: ${line.slice(0, 200)}`)
  return entry
}

function readEntry(line: string): TreeEntry | undefined {
  const file = FILE_LINE.exec(line)
  if (file) {
    const [, kind, sha256 = '', size, path = ''] = file
    return { executable: kind === 'X', kind: 'file', path: unescapeName(path), sha256, size: Number(size) }
  }
  const link = LINK_LINE.exec(line)
  if (!link) return undefined
  const [, path = '', target = ''] = link
  return { kind: 'symlink', path: unescapeName(path), target: unescapeName(target) }
}

// oxlint-disable-next-line no-control-regex -- control characters are what is escaped
const ESCAPED = /[\x00-\x1f\x7f\\]/

/** Backslashes and control characters as `\\` and `\xNN`: safe to print, and free of the manifest's own separators. */
export function escapeName(name: string): string {
  if (!ESCAPED.test(name)) return name
  return name.replaceAll(new RegExp(ESCAPED, 'g'), character =>
    character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  )
}

export function unescapeName(text: string): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(/\\(?:\\|x([0-9a-f]{2}))/g, (_, code: string | undefined) =>
    code === undefined ? '\\' : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

/** Checks the form of a digest that came from outside. @throws usage.source */
export function checkDigest(digest: string): string {
  if (SHA256_PATTERN.test(digest)) return digest
  throw new AppError('usage.source', `${JSON.stringify(digest.slice(0, 80))} is not the digest of a tree`, {
    suggestions: ['send 64 lower-case hex digits'],
  })
}

function invalid(reason: string): AppError {
  return new AppError('usage.source', `the tree's manifest ${reason}`, {
    suggestions: ['aloft platform status'],
  })
}
