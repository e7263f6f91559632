import { chmodSync, constants, copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { FileEntry, TreeEntry } from '../../source/tree.ts'
import { diskError } from '../../core/disk-errors.ts'
import { createTurn } from './turn.ts'

export interface MaterialiseOptions {
  /** Must not exist. */
  readonly target: string
  readonly signal?: AbortSignal | undefined
}

/** Larger files, bytes, are copied by the thread pool. */
const LARGE = 1024 * 1024

/** Shares blocks where the file system can; never writes over or through what is there. */
const COPY_MODE = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL

/** Writes checked entries below `target`. */
export async function materialiseTree(
  entries: readonly TreeEntry[],
  blobPath: (sha256: string) => string,
  { signal, target }: MaterialiseOptions,
): Promise<void> {
  const turn = createTurn(signal)
  const made = new Set<string>()
  try {
    mkdirSync(dirname(target), { recursive: true })
    makeDirectory(target)
    for (const entry of entries) {
      makeParents(target, entry.path, made)
      const path = join(target, entry.path)
      if (entry.kind === 'symlink') symlinkSync(entry.target, path)
      else await copy(entry, blobPath(entry.sha256), path)
      await turn()
    }
  } catch (error) {
    throw collision(error) ?? diskError(error, target)
  }
}

function makeParents(target: string, path: string, made: Set<string>): void {
  const directory = dirname(path)
  if (directory === '.' || made.has(directory)) return
  makeParents(target, directory, made)
  makeDirectory(join(target, directory))
  made.add(directory)
}

/** 0755 whatever the umask is. */
function makeDirectory(path: string): void {
  mkdirSync(path)
  chmodSync(path, 0o755)
}

async function copy({ executable, size }: FileEntry, from: string, to: string): Promise<void> {
  if (size > LARGE) await copyFile(from, to, COPY_MODE)
  else copyFileSync(from, to, COPY_MODE)
  chmodSync(to, executable ? 0o755 : 0o644)
}

/** On a file system that ignores case, names that differ only in case are the same file. */
function collision(error: unknown): AppError | undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) return undefined
  const path = 'path' in error ? String(error.path) : ''
  return new AppError('usage.source', `the file system cannot hold two of the source's names apart: ${path}`, {
    cause: error,
    suggestions: ['rename files whose names differ only in case'],
  })
}
