import { execFile } from 'node:child_process'
import { closeSync, fdatasync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

/*
 * Measured on ext4: 5,000 files of 20 KB written and flushed by one `sync -f` take 0.7 s; with fdatasync for each, in a
 * pool of 16, 3.4 s. For a few files fdatasync is faster than starting a process (1 against 3 ms).
 */
const FEW = 32

const flushFile = promisify(fdatasync)
const run = promisify(execFile)

/** Makes the content of files in one file system durable. @throws Node's errors, e.g. ENOSPC with delayed allocation */
export async function flushFiles(files: readonly string[]): Promise<void> {
  if (files.length > FEW && (await flushFileSystem(files))) return
  for (const file of files) await withDescriptor(file, flushFile)
}

/** Makes renames in directories of one file system durable: each flush of its own waits for the journal. */
export async function flushDirectories(directories: readonly string[]): Promise<void> {
  if (directories.length > FEW && (await flushFileSystem(directories))) return
  for (const directory of directories) flushDirectory(directory)
}

/** All of the file system that the first of them lies in; false where that is not to be had. */
async function flushFileSystem([first]: readonly string[]): Promise<boolean> {
  if (first === undefined || process.platform !== 'linux') return false
  return run('sync', ['-f', dirname(first)]).then(
    () => true,
    () => false,
  )
}

async function withDescriptor(file: string, use: (descriptor: number) => Promise<void>): Promise<void> {
  const descriptor = openSync(file, 'r')
  try {
    await use(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Writes a small file so that it is whole or not there: temporary name, fsync, rename, fsync of the directory. */
export function writeDurably(file: string, text: string | Uint8Array, mode: number): void {
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`
  try {
    writeNew(temporary, text, mode)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  flushDirectory(dirname(file))
}

function writeNew(file: string, text: string | Uint8Array, mode: number): void {
  const descriptor = openSync(file, 'wx', mode)
  try {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    for (let offset = 0; offset < bytes.length;) offset += writeSync(descriptor, bytes, offset)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Makes renames in a directory durable. */
export function flushDirectory(directory: string): void {
  if (process.platform === 'win32') return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
