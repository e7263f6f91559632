import { join } from 'node:path'
import { encodeBlobHeader } from '../protocol/blob-frames.ts'
import { LARGE_FILE, readInPieces, readSmallFile } from './hash-files.ts'
import { sourceChanged } from './scan-tree.ts'
import type { ScannedFile } from './stat-cache.ts'

/** Small files are joined to chunks of about this size, bytes. */
const CHUNK = 256 * 1024

export interface BlobStreamOptions {
  readonly signal?: AbortSignal | undefined
  /** Called after each content with its size, bytes. */
  readonly onBlob: (size: number) => void
}

/**
 * The framed contents of files, read as the stream is consumed.
 * @throws failed.source-changed when a file is not what it was at the scan
 */
export async function* blobStream(
  directory: string,
  files: readonly ScannedFile[],
  { onBlob, signal }: BlobStreamOptions,
): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafe(LARGE_FILE + 1)
  let waiting: Uint8Array[] = []
  let length = 0
  for (const file of files) {
    signal?.throwIfAborted()
    waiting.push(encodeBlobHeader(file))
    if (file.size > LARGE_FILE) {
      yield Buffer.concat(waiting)
      yield* largeFile(directory, file, signal)
      waiting = []
      length = 0
    } else {
      const bytes = smallFile(directory, file, buffer)
      waiting.push(bytes)
      length += bytes.length
    }
    onBlob(file.size)
    if (length < CHUNK) continue
    yield Buffer.concat(waiting)
    waiting = []
    length = 0
  }
  if (waiting.length > 0) yield Buffer.concat(waiting)
}

function smallFile(directory: string, file: ScannedFile, buffer: Uint8Array): Uint8Array {
  const content = attempt(file, () => readSmallFile(join(directory, file.path), file.stamp, buffer))
  if (content.kind === 'changed' || content.bytes.length !== file.size) throw sourceChanged([file.path])
  return Buffer.from(content.bytes)
}

async function* largeFile(
  directory: string,
  file: ScannedFile,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  let left = file.size
  for await (const piece of readInPieces(join(directory, file.path), file.stamp, signal)) {
    if (piece === 'changed' || piece.length > left) throw sourceChanged([file.path])
    left -= piece.length
    // the receiver may hold on to it while the next piece is read
    yield Buffer.from(piece)
  }
  if (left > 0) throw sourceChanged([file.path])
}

function attempt<T>(file: ScannedFile, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw sourceChanged([file.path])
    throw error
  }
}
