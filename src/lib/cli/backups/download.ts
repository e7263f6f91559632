import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync, statSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { encrypt } from '../../bundle/encrypt.ts'
import { readBundle } from '../../bundle/read.ts'
import { diskError } from '../../core/disk-errors.ts'
import { AppError, toErrorDocument } from '../../core/errors.ts'
import { renderBytes } from '../render/bytes.ts'
import type { Backups, DownloadSink } from '../../providers/backups-port.ts'
import type { Call } from '../../providers/port.ts'

/** It holds what databases hold: its owner's alone. */
const MODE = 0o600

export interface Download {
  readonly backups: Backups
  readonly id: string
  readonly call: Call
  readonly onProgress: (bytes: number, total: number) => void
  readonly tell: (line: string) => void
}

/**
 * Into a file, which appears once the SHA-256 of every part was checked. What has arrived of one that was cut is gone on with.
 * @throws conflict.exists, failed.verify, failed.disk-full, what `Backups.download` throws
 */
export async function downloadFile(download: Download, file: string): Promise<number> {
  const part = partOf(file, download.id)
  refuseExisting(file)
  const offset = isEmpty(part) ? 0 : statSync(part).size
  if (offset > 0) download.tell(`resumes at ${renderBytes(offset)}`)
  try {
    const total = await append(download, part, offset)
    await readBundle(createReadStream(part), drain)
    await rename(part, file)
    return total
  } catch (error) {
    if (isDamaged(error) || isEmpty(part)) await rm(part, { force: true })
    else download.tell(`what has arrived is kept in ${part}: the same command goes on with it`)
    throw diskError(withWayOut(error, download.id), file)
  }
}

/** Encrypted into a file: its bytes differ each time, so that one that was cut is begun again. @throws as `downloadFile` */
export async function downloadEncrypted(
  download: Download,
  { file, recipients }: { readonly file: string; readonly recipients: readonly string[] },
): Promise<number> {
  const part = partOf(file, download.id)
  refuseExisting(file)
  if (!isEmpty(part)) download.tell(`begins again: encrypted bytes differ each time, so that ${part} is of no use`)
  try {
    const handle = await openToWrite(part, 'w')
    await handle.close()
    const { content, total } = await openChecked(download)
    await pipeline(await encryptTo(content, recipients), createWriteStream(part, { mode: MODE }))
    await flush(part)
    await rename(part, file)
    return total()
  } catch (error) {
    await rm(part, { force: true })
    throw diskError(withWayOut(error, download.id), file)
  }
}

/**
 * To `write`, which returns when it has written. Fails at the end where the parts are not what the manifest says.
 * @throws usage.flag for no recipient, what `write` throws, else as `downloadFile`
 */
export async function downloadStream(
  download: Download,
  { recipients, write }: { readonly recipients: readonly string[]; readonly write: (chunk: Uint8Array) => void },
): Promise<number> {
  const { content, total } = await openChecked(download)
  const source = recipients.length === 0 ? content : await encryptTo(content, recipients)
  for await (const chunk of source as AsyncIterable<Uint8Array>) write(chunk)
  return total()
}

/** `<file>.part`; with the id where the file's name does not tell which backup it is. */
function partOf(file: string, id: string): string {
  return basename(file).includes(id) ? `${file}.part` : `${file}.${id}.part`
}

function refuseExisting(file: string): void {
  if (existsSync(file))
    throw new AppError('conflict.exists', `${file} is there already`, { suggestions: ['choose another one: -o FILE'] })
}

/** @throws usage.flag when it cannot be made */
async function openToWrite(file: string, flags: 'a' | 'w'): Promise<FileHandle> {
  try {
    return await open(file, flags, MODE)
  } catch (cause) {
    throw new AppError('usage.flag', `${file} cannot be written: ${toErrorDocument(cause).message}`, {
      cause,
      suggestions: ['choose another one: -o FILE'],
    })
  }
}

async function append({ backups, call, id, onProgress }: Download, part: string, offset: number): Promise<number> {
  const handle = await openToWrite(part, 'a')
  let [at, total] = [offset, 0]
  try {
    const sink: DownloadSink = {
      onSize: bytes => void (total = bytes),
      async write(chunk) {
        await handle.appendFile(chunk)
        onProgress((at += chunk.length), total)
      },
    }
    await backups.download({ id, offset }, sink, call)
    await handle.sync()
    return total
  } finally {
    await handle.close()
  }
}

/** The bundle as a stream that fails at its end unless all parts are what they should be. */
async function openChecked({
  backups,
  call,
  id,
  onProgress,
}: Download): Promise<{ readonly content: Readable; readonly total: () => number }> {
  const arriving = new PassThrough()
  const closed = new AbortController()
  arriving.once('close', () => closed.abort())
  let [at, total] = [0, 0]
  const sink: DownloadSink = {
    onSize: bytes => void (total = bytes),
    async write(chunk) {
      onProgress((at += chunk.length), total)
      await writeTo(arriving, chunk, closed.signal)
    },
  }
  backups.download({ id, offset: 0 }, sink, call).then(
    () => arriving.end(),
    (error: unknown) => arriving.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  return { content: Readable.from(checked(arriving), { objectMode: false }), total: () => total }
}

async function* checked(source: Readable): AsyncGenerator<Uint8Array> {
  const copy = new PassThrough()
  const verdict = readBundle(copy, drain)
  verdict.catch(() => undefined)
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      await Promise.race([writeTo(copy, chunk), verdict])
      yield chunk
    }
    copy.end()
    await verdict
  } finally {
    copy.destroy()
  }
}

/** Waits until it may be written on. @throws when the signal aborts: nobody reads it any more */
async function writeTo(stream: PassThrough, chunk: Uint8Array, closed?: AbortSignal): Promise<void> {
  closed?.throwIfAborted()
  if (!stream.write(chunk)) await once(stream, 'drain', closed ? { signal: closed } : {})
}

async function drain(_part: unknown, content: Readable): Promise<void> {
  content.resume()
  await finished(content)
}

async function encryptTo(content: Readable, recipients: readonly string[]): Promise<Readable> {
  try {
    return await encrypt(content, recipients)
  } catch (cause) {
    content.destroy()
    throw new AppError('usage.flag', `--encrypt-to: ${cause instanceof Error ? cause.message : 'no recipient'}`, {
      cause,
      suggestions: ['pass a recipient of age: age1…'],
    })
  }
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function isEmpty(file: string): boolean {
  return !existsSync(file) || statSync(file).size === 0
}

/** It is so in what an earlier call has left, or on the platform: hardly ever on the way. */
function withWayOut(error: unknown, id: string): unknown {
  if (!isDamaged(error)) return error
  return new AppError(error.code, error.message, {
    cause: error,
    details: error.details ?? {},
    suggestions: [
      'repeat it: nothing of this one is left',
      `see whether the backup itself is damaged: aloft backup verify ${id}`,
    ],
  })
}

function isDamaged(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'failed.verify'
}
