import { AppError } from '../core/errors.ts'
import { MANIFEST_HEADER, parseEntry, unescapeName } from './manifest.ts'
import { SHA256_PATTERN, type TreeEntry, comparePaths } from './tree.ts'

/*
 * The difference between two manifests: a header that names the base, then `-<path>` for each entry that is gone and
 * `+<line>` for each that is new or changed.
 */

const DELTA_HEADER = 'aloft-delta 1'

/** What turns the manifest `base` (whose digest is `baseDigest`) into `manifest`. */
export function diffManifests(base: string, baseDigest: string, manifest: string): string {
  const before = new Set(base.split('\n'))
  const after = manifest.split('\n')
  const added = after.filter(line => !before.delete(line))
  const present = new Set(added.map(lineKey))
  let text = `${DELTA_HEADER} ${baseDigest}\n`
  for (const line of before) if (!present.has(lineKey(line))) text += `-${lineKey(line)}\n`
  for (const line of added) text += `+${line}\n`
  return text
}

/** The escaped path of a manifest's line. */
function lineKey(line: string): string {
  if (line.startsWith('L ')) return line.slice(2, line.indexOf('\t'))
  return line.slice(line.indexOf(' ', 67) + 1)
}

/** The digest of the base that a delta builds on; undefined when the text is a full manifest. @throws usage.source when it is neither */
export function deltaBase(text: string): string | undefined {
  const header = text.slice(0, Math.max(0, text.indexOf('\n')))
  if (header === MANIFEST_HEADER) return undefined
  const base = header.startsWith(`${DELTA_HEADER} `) ? header.slice(DELTA_HEADER.length + 1) : ''
  if (SHA256_PATTERN.test(base)) return base
  throw new AppError('usage.source', 'the body is neither a manifest nor a difference of manifests', {
    suggestions: ['aloft platform status'],
  })
}

export interface AppliedDelta {
  /** In order, not yet checked as a tree. */
  readonly entries: TreeEntry[]
  /** The entries that the base does not have. */
  readonly added: readonly TreeEntry[]
}

/** The entries of a base, changed by a delta against it. @throws usage.source when a line is neither `-path` nor `+entry` */
export function applyDelta(base: readonly TreeEntry[], delta: string): AppliedDelta {
  const entries = new Map(base.map(entry => [entry.path, entry]))
  const added: TreeEntry[] = []
  const lines = delta.split('\n').slice(1)
  if (lines.pop() !== '') throw malformed('it does not end with a line end')
  for (const line of lines) {
    if (line.startsWith('+')) {
      const entry = parseEntry(line.slice(1))
      added.push(entry)
      entries.set(entry.path, entry)
    } else if (!line.startsWith('-') || !entries.delete(unescapeName(line.slice(1)))) throw malformed(line)
  }
  return { added, entries: [...entries.values()].toSorted((a, b) => comparePaths(a.path, b.path)) }
}

function malformed(line: string): AppError {
  return new AppError('usage.source', `the difference of manifests does not fit its base: ${line.slice(0, 200)}`)
}
