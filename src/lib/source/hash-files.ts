import { createHash, hash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileStamp, type WalkedFile, isSameStamp } from './walk.ts'

/** Files up to this size, bytes, are read at once; larger ones in pieces, so that memory stays flat. */
export const LARGE_FILE = 4 * 1024 * 1024
const PIECE = 1024 * 1024

export type FileContent = { readonly kind: 'read'; readonly bytes: Uint8Array } | { readonly kind: 'changed' }
export type FileHash = { readonly kind: 'hashed'; readonly sha256: string } | { readonly kind: 'changed' }

/** Hashes files one after the other, reading each once. */
export class FileHasher {
  readonly #root: string
  readonly #buffer = Buffer.allocUnsafe(LARGE_FILE + 1)

  constructor(root: string) {
    this.#root = root
  }

  /** `changed` when it is not what `lstat` saw, or did not stay so. Throws Node's errors. */
  async hash(file: WalkedFile, signal: AbortSignal | undefined): Promise<FileHash> {
    if (file.size > LARGE_FILE) return hashInPieces(join(this.#root, file.path), file, signal)
    const content = readSmallFile(join(this.#root, file.path), file.stamp, this.#buffer)
    return content.kind === 'read' ? { kind: 'hashed', sha256: hash('sha256', content.bytes, 'hex') } : content
  }
}

/** Reads a whole file of at most `LARGE_FILE` bytes into `buffer`, which has room for one byte more. */
export function readSmallFile(path: string, stamp: FileStamp, buffer: Uint8Array): FileContent {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    let length = 0
    for (let count = -1; count !== 0 && length < buffer.length; length += count)
      count = readSync(descriptor, buffer, length, buffer.length - length, -1)
    if (!isSameStamp(fstatSync(descriptor), stamp)) return { kind: 'changed' }
    return { bytes: buffer.subarray(0, length), kind: 'read' }
  } finally {
    closeSync(descriptor)
  }
}

async function hashInPieces(path: string, { stamp }: WalkedFile, signal: AbortSignal | undefined): Promise<FileHash> {
  const digest = createHash('sha256')
  for await (const piece of readInPieces(path, stamp, signal)) {
    if (piece === 'changed') return { kind: 'changed' }
    digest.update(piece)
  }
  return { kind: 'hashed', sha256: digest.digest('hex') }
}

/** A file's bytes in pieces (each valid until the next is asked for), then `changed` when it did not stay as `stamp` says. */
export async function* readInPieces(
  path: string,
  stamp: FileStamp,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array | 'changed'> {
  await using handle = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0))
  const buffer = Buffer.allocUnsafe(PIECE)
  for (;;) {
    signal?.throwIfAborted()
    const { bytesRead } = await handle.read(buffer, 0, PIECE, null)
    if (bytesRead === 0) break
    yield buffer.subarray(0, bytesRead)
  }
  if (!isSameStamp(await handle.stat(), stamp)) yield 'changed'
}
