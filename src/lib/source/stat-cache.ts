import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { escapeName } from './manifest.ts'
import type { FileEntry } from './tree.ts'
import { type FileStamp, type WalkedFile } from './walk.ts'

/*
 * Remembers the hash of every file by its stat data, so that an unchanged tree is known without reading it. A file:
 * a header with the time the scan began, the number of files, the length of the text and the directory; the text, a line
 * `<sha256> <path>` for each file; the stat data, four doubles for each file (numbers cost most when they are text).
 */

const HEADER = /^aloft-stat-cache 1 (\d+) (\d+) (\d+) (.*)$/
/** After the hash and a space. */
const PATH_OFFSET = 65
const STAMP_NUMBERS = 4
const BYTES_PER_NUMBER = 8

/**
 * A write in the same clock tick as the scan would not show in the stat data (git: "racy"): what was changed after the scan
 * began, or this much before, ms, is hashed again. Linux stamps files by a clock that stands still up to 10 ms.
 */
const RACY_MS = 20

export interface StatCache {
  /** The file's hash, when its stat data say that it is the same as at that scan. */
  lookup(file: WalkedFile): string | undefined
  readonly size: number
}

const EMPTY: StatCache = { lookup: () => undefined, size: 0 }

/** What an earlier scan of `root` left; an empty cache when there is none or it cannot be read. */
export function readStatCache(file: string | undefined, root: string): StatCache {
  const bytes = file === undefined ? undefined : readBytes(file)
  const headerEnd = bytes?.indexOf('\n') ?? -1
  if (!bytes || headerEnd < 0) return EMPTY
  const [, startedAt, count, length, path] = HEADER.exec(bytes.toString('utf8', 0, headerEnd)) ?? []
  const [size, textEnd] = [Number(count), headerEnd + 1 + Number(length)]
  if (path !== escapeName(root) || bytes.length !== textEnd + size * STAMP_NUMBERS * BYTES_PER_NUMBER) return EMPTY
  const lines = bytes.toString('utf8', headerEnd + 1, textEnd).split('\n')
  const stamps = new Float64Array(Uint8Array.from(bytes.subarray(textEnd)).buffer)
  const stableBefore = Number(startedAt) - RACY_MS
  const find = createFinder(lines.slice(0, size))
  return {
    lookup: ({ path: wanted, stamp }) => {
      if (stamp.mtimeMs >= stableBefore || stamp.ctimeMs >= stableBefore) return undefined
      const index = find(escapeName(wanted))
      return index !== undefined && hasStamp(stamps, index, stamp) ? lines[index]?.slice(0, 64) : undefined
    },
    size,
  }
}

/** Finds lines by their path. They are asked for in their own order, mostly: an index is made when one is not. */
function createFinder(lines: readonly string[]): (path: string) => number | undefined {
  let next = 0
  let indexes: Map<string, number> | undefined
  return path => {
    if (lines[next]?.endsWith(path) && lines[next]?.length === path.length + PATH_OFFSET) return next++
    indexes ??= new Map(lines.map((line, index) => [line.slice(PATH_OFFSET), index]))
    const index = indexes.get(path)
    if (index !== undefined) next = index + 1
    return index
  }
}

/** No object for each file: this runs for all of them. */
function hasStamp(stamps: Float64Array, index: number, stamp: FileStamp): boolean {
  const start = index * STAMP_NUMBERS
  return (
    stamps[start] === stamp.size &&
    stamps[start + 1] === stamp.mtimeMs &&
    stamps[start + 2] === stamp.ctimeMs &&
    stamps[start + 3] === stamp.ino
  )
}

/** Writes the cache under a temporary name and renames it. That it cannot be written is no failure: the next scan is slower. */
export function writeStatCache(
  file: string,
  scan: { readonly root: string; readonly startedAtMs: number; readonly files: readonly ScannedFile[] },
): void {
  const text = Buffer.from(scan.files.map(({ path, sha256 }) => `${sha256} ${escapeName(path)}\n`).join(''))
  const stamps = Float64Array.from(
    scan.files.flatMap(({ stamp: { ctimeMs, ino, mtimeMs, size } }) => [size, mtimeMs, ctimeMs, ino]),
  )
  const header = `aloft-stat-cache 1 ${scan.startedAtMs} ${scan.files.length} ${text.length} ${escapeName(scan.root)}\n`
  replaceFile(file, Buffer.concat([Buffer.from(header), text, Buffer.from(stamps.buffer)]))
}

/** A file of a scan: an entry of the tree, with the stat data it had. */
export interface ScannedFile extends FileEntry {
  readonly stamp: FileStamp
}

/** Of directories that are made: above the cache may lie what instances that run as users of their own have to get through to. */
const PASSABLE = 0o711

/** Replaces a cache file by rename; nothing happens when the disk does not let it. */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    mkdirSync(dirname(file), { mode: PASSABLE, recursive: true })
    writeFileSync(temporary, content, { mode: 0o600 })
    renameSync(temporary, file)
  } catch {
    rmSync(temporary, { force: true })
  }
}

/** The content of a cache file; undefined when it cannot be read. */
export function readBytes(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}
