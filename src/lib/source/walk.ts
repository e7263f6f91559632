import { type Dirent, type Stats, lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '../core/errors.ts'
import { type DirectoryRules, enterDirectory, isIgnored } from './ignore-rules.ts'
import { escapeName } from './manifest.ts'
import { type LinkEntry, MAX_ENTRIES, sortByPath } from './tree.ts'
import { linkProblem } from './tree-rules.ts'

/** A regular file as `lstat` saw it. */
export interface WalkedFile {
  readonly kind: 'file'
  readonly path: string
  readonly executable: boolean
  readonly size: number
  readonly stamp: FileStamp
}

/** Differs when a file may have changed. Times in ms, with fractions. */
export interface FileStamp {
  readonly size: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

export function isSameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.size === b.size && a.ino === b.ino
}

export type WalkedEntry = WalkedFile | LinkEntry

/** What cannot be part of a source, and why. */
export interface SourceProblem {
  /** Escaped where it has odd characters. */
  readonly path: string
  readonly reason: string
}

export interface Walk {
  /** Sorted by the paths' bytes. */
  readonly entries: readonly WalkedEntry[]
  readonly problems: readonly SourceProblem[]
  /** Files that were listed and then gone. */
  readonly vanished: readonly string[]
}

/**
 * Lists a directory without reading any file. Synchronous: the thread pool makes it slower, not faster.
 * @throws usage.source when there are more than `MAX_ENTRIES`
 */
export function walkDirectory(root: string): Walk {
  const walker = new Walker(root)
  walker.directory('', undefined)
  return walker.finish()
}

class Walker {
  readonly #root: string
  readonly #entries: WalkedEntry[] = []
  readonly #problems: SourceProblem[] = []
  readonly #vanished: string[] = []

  constructor(root: string) {
    this.#root = root
  }

  directory(prefix: string, parent: DirectoryRules | undefined): void {
    const found = this.#list(prefix)
    const rules = enterDirectory(this.#root, prefix, { found, parent })
    for (const { entry, path } of inPathOrder(found, prefix)) {
      if (isIgnored(rules, path, entry.isDirectory())) continue
      if (entry.isDirectory()) this.directory(`${path}/`, rules)
      else this.#leaf(entry, path)
      if (this.#entries.length > MAX_ENTRIES) throw tooMany(this.#root)
    }
  }

  finish(): Walk {
    const links = new Map<string, string>()
    for (const entry of this.#entries) if (entry.kind === 'symlink') links.set(entry.path, entry.target)
    for (const entry of this.#entries) {
      const reason = entry.kind === 'symlink' ? linkProblem(entry, links) : undefined
      if (reason !== undefined) this.#problems.push({ path: escapeName(entry.path), reason: escapeName(reason) })
    }
    return { entries: this.#entries, problems: this.#problems, vanished: this.#vanished }
  }

  #list(prefix: string): Dirent[] {
    try {
      const found = readdirSync(join(this.#root, prefix), { withFileTypes: true })
      return found.some(({ name }) => name.includes('\uFFFD')) ? this.#withoutOddBytes(prefix, found) : found
    } catch (error) {
      if (codeOf(error) === 'ENOENT') this.#vanished.push(prefix)
      else this.#problems.push({ path: escapeName(prefix), reason: `cannot be read: ${codeOf(error)}` })
      return []
    }
  }

  /** A replacement character may stand for bytes that are no UTF-8: such a file could not even be opened by this name. */
  #withoutOddBytes(prefix: string, found: readonly Dirent[]): Dirent[] {
    const real = new Set<string>()
    for (const bytes of readdirSync(join(this.#root, prefix), { encoding: 'buffer' })) {
      const name = bytes.toString()
      if (Buffer.from(name).equals(bytes)) real.add(name)
      else
        this.#problems.push({ path: escapeName(prefix) + escapeBytes(bytes), reason: 'has a name that is not UTF-8' })
    }
    return found.filter(({ name }) => real.has(name))
  }

  #leaf(entry: Dirent, path: string): void {
    if (entry.isSymbolicLink()) return this.#link(path)
    const stats = lstatSync(`${this.#root}/${path}`, { throwIfNoEntry: false })
    if (!stats) return void this.#vanished.push(path)
    if (!stats.isFile()) return void this.#problems.push({ path: escapeName(path), reason: `is ${describe(stats)}` })
    const { ctimeMs, ino, mtimeMs, size } = stats
    this.#entries.push({
      executable: (stats.mode & 0o100) !== 0,
      kind: 'file',
      path,
      size,
      stamp: { ctimeMs, ino, mtimeMs, size },
    })
  }

  #link(path: string): void {
    try {
      this.#entries.push({ kind: 'symlink', path, target: readlinkSync(join(this.#root, path)) })
    } catch {
      this.#vanished.push(path)
    }
  }
}

interface Found {
  readonly entry: Dirent
  readonly path: string
  readonly key: string
}

/** Sorted so that the walk meets full paths in the order of their bytes: a directory counts as `name/`. */
function inPathOrder(found: readonly Dirent[], prefix: string): Found[] {
  const keyed = found.map(entry => ({
    entry,
    key: entry.isDirectory() ? `${entry.name}/` : entry.name,
    path: prefix + entry.name,
  }))
  return sortByPath(keyed, ({ key }) => key)
}

function describe(stats: Stats): string {
  if (stats.isSocket()) return 'a socket'
  if (stats.isFIFO()) return 'a named pipe'
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'a device'
  return 'no regular file'
}

function escapeBytes(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes)
    text += byte > 0x1f && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
  return text
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

function tooMany(root: string): AppError {
  return new AppError('usage.source', `${root} has more than ${MAX_ENTRIES} files`, {
    suggestions: ['name what is not part of the application in .aloftignore', 'deploy a directory further down'],
  })
}
