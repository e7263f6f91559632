/*
 * A source tree as both sides know it: regular files and symbolic links, no directories (an empty one is not part of a
 * tree, as in git). Paths are relative with `/`, sorted by their UTF-8 bytes.
 */

export interface FileEntry {
  readonly kind: 'file'
  readonly path: string
  readonly executable: boolean
  /** Bytes. */
  readonly size: number
  /** Of the content, 64 hex digits. */
  readonly sha256: string
}

export interface LinkEntry {
  readonly kind: 'symlink'
  readonly path: string
  /** As stored in the link: relative, never leaving the tree. */
  readonly target: string
}

export type TreeEntry = FileEntry | LinkEntry

export const MAX_ENTRIES = 200_000

/** Digest of a tree, of a manifest or of a file's content. */
export const SHA256_PATTERN = /^[0-9a-f]{64}$/

/** Compares by UTF-8 bytes, which is the order of code points and not that of JavaScript's strings. */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0
  if (isAscii(a) && isAscii(b)) return a < b ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Sorts by the bytes of a key; most lists are ASCII and need no bytes for that. */
export function sortByPath<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  if (!items.every(item => isAscii(keyOf(item)))) return items.toSorted((a, b) => comparePaths(keyOf(a), keyOf(b)))
  return items.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the first 128 code points are what is meant
  return /^[\x00-\x7f]*$/.test(text)
}
