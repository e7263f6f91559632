import { realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { AppError } from '../core/errors.ts'
import { FileHasher } from './hash-files.ts'
import { encodeManifest, escapeName, manifestDigest } from './manifest.ts'
import { refuseDirectory } from './refused-directories.ts'
import { type ScannedFile, type StatCache, readStatCache, writeStatCache } from './stat-cache.ts'
import type { LinkEntry } from './tree.ts'
import { type SourceProblem, type Walk, type WalkedFile, walkDirectory } from './walk.ts'

/** One state of a directory's files. */
export interface SourceTree {
  /** Absolute, links resolved. */
  readonly directory: string
  /** Sorted by the paths' bytes. */
  readonly entries: readonly (ScannedFile | LinkEntry)[]
  /** The canonical manifest, and its SHA-256: the name of the tree. */
  readonly manifest: string
  readonly digest: string
  readonly files: number
  readonly bytes: number
}

export interface ScanOptions {
  /** Where hashes are remembered between scans; absent: nowhere. */
  readonly cacheFile?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** The event loop gets its turn after this many bytes of reading. */
const BYTES_PER_TURN = 32 * 1024 * 1024
const NAMED_AT_MOST = 20

/**
 * Takes stock of a directory: ignored files left out, every other one hashed, those that did not change since the last
 * scan without reading them.
 * @throws usage.source, naming everything that cannot be part of a source at once; failed.source-changed; the signal's reason
 */
export async function scanTree(directory: string, options: ScanOptions = {}): Promise<SourceTree> {
  const root = sourceRoot(directory)
  const startedAtMs = Date.now()
  const cache = readStatCache(options.cacheFile, root)
  const walk = walkDirectory(root)
  refuseProblems(root, walk.problems)
  if (walk.entries.length === 0 && walk.vanished.length === 0) throw emptySource(root)
  const { changed, hashed } = await hashEntries({ cache, root, signal: options.signal, walk })
  if (changed.length > 0) throw sourceChanged(changed)
  const files = hashed.entries.filter(entry => entry.kind === 'file')
  if (options.cacheFile !== undefined && (hashed.misses > 0 || cache.size !== files.length))
    writeStatCache(options.cacheFile, { files, root, startedAtMs })
  const manifest = encodeManifest(hashed.entries)
  return {
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    digest: manifestDigest(manifest),
    directory: root,
    entries: hashed.entries,
    files: files.length,
    manifest,
  }
}

function sourceRoot(directory: string): string {
  const root = realDirectory(directory)
  if (!statSync(root).isDirectory()) {
    throw new AppError('usage.source', `${root} is a file, not a directory`, {
      suggestions: [`name the directory it is in: ${dirname(root)}`],
    })
  }
  refuseDirectory(root)
  return root
}

function realDirectory(directory: string): string {
  try {
    return realpathSync.native(directory)
  } catch (cause) {
    throw new AppError('usage.source', `there is no directory ${directory}`, {
      cause,
      suggestions: ['check the path'],
    })
  }
}

interface HashInput {
  readonly root: string
  readonly walk: Walk
  readonly cache: StatCache
  readonly signal: AbortSignal | undefined
}

interface Hashed {
  readonly entries: readonly (ScannedFile | LinkEntry)[]
  readonly misses: number
}

async function hashEntries({ cache, root, signal, walk }: HashInput): Promise<{ changed: string[]; hashed: Hashed }> {
  const hasher = new FileHasher(root)
  const entries: (ScannedFile | LinkEntry)[] = []
  const changed = [...walk.vanished]
  const unreadable: SourceProblem[] = []
  let misses = 0
  let bytes = 0
  signal?.throwIfAborted()
  for (const entry of walk.entries) {
    const known = entry.kind === 'file' ? cache.lookup(entry) : undefined
    if (entry.kind === 'symlink') entries.push(entry)
    else if (known !== undefined) entries.push(scanned(entry, known))
    else {
      misses += 1
      const result = await hashOne(hasher, entry, signal)
      if (result.kind === 'hashed') entries.push(scanned(entry, result.sha256))
      else if (result.kind === 'changed') changed.push(entry.path)
      else unreadable.push({ path: escapeName(entry.path), reason: result.reason })
      bytes += entry.size
    }
    if (bytes < BYTES_PER_TURN) continue
    bytes = 0
    await setImmediate()
    signal?.throwIfAborted()
  }
  refuseProblems(root, unreadable)
  return { changed, hashed: { entries, misses } }
}

function scanned({ executable, path, size, stamp }: WalkedFile, sha256: string): ScannedFile {
  return { executable, kind: 'file', path, sha256, size, stamp }
}

type HashResult = Awaited<ReturnType<FileHasher['hash']>> | { readonly kind: 'unreadable'; readonly reason: string }

async function hashOne(hasher: FileHasher, file: WalkedFile, signal: AbortSignal | undefined): Promise<HashResult> {
  try {
    return await hasher.hash(file, signal)
  } catch (error) {
    signal?.throwIfAborted()
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    if (code === undefined) throw error
    // gone, or replaced by a link or a directory since it was listed
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EISDIR'].includes(code)) return { kind: 'changed' }
    return { kind: 'unreadable', reason: `cannot be read: ${code}` }
  }
}

function refuseProblems(root: string, problems: readonly SourceProblem[]): void {
  if (problems.length === 0) return
  const named = problems.slice(0, NAMED_AT_MOST).map(({ path, reason }) => `${path || '.'} ${reason}`)
  const more = problems.length > NAMED_AT_MOST ? `; and ${problems.length - NAMED_AT_MOST} more` : ''
  throw new AppError('usage.source', `${root} cannot be deployed: ${named.join('; ')}${more}`, {
    details: { problems },
    suggestions: ['remove them, or name them in .aloftignore'],
  })
}

function emptySource(root: string): AppError {
  return new AppError('usage.source', `${root} has no files to deploy`, {
    suggestions: ['run it in the directory of a project', 'see whether .gitignore or .aloftignore leaves anything'],
  })
}

/** The error for files that did not stay as they were when they were listed. */
export function sourceChanged(paths: readonly string[]): AppError {
  const named = paths.slice(0, NAMED_AT_MOST).map(escapeName).join(', ')
  const more = paths.length > NAMED_AT_MOST ? ` and ${paths.length - NAMED_AT_MOST} more` : ''
  return new AppError('failed.source-changed', `files changed while they were being read: ${named}${more}`, {
    details: { paths: paths.map(escapeName) },
    suggestions: ['deploy again when nothing writes to the directory'],
  })
}
