import * as z from 'zod/mini'
import { systemClock } from '../../core/clock.ts'
import { AppError, isAppError } from '../../core/errors.ts'
import type { Activity } from '../../core/model.ts'
import { restingUploads, uploadAnswer } from '../../protocol/backup-schemas.ts'
import { activity } from '../../protocol/model-schemas.ts'
import { OFFSET_HEADER, transferPaths } from '../../protocol/transfers.ts'
import { collectBuffers } from '../../stream/collect-buffers.ts'
import { describeAddress } from '../../transport/address.ts'
import { exchange, requestJson } from '../../transport/http.ts'
import { type HttpResponse, readJson } from '../../transport/response.ts'
import type { DownloadSink, UploadBackup, UploadCall } from '../backups-port.ts'
import type { Call } from '../port.ts'
import { fillPath, type PlatformClient, queryString } from './client.ts'
import { environmentParams } from './environments.ts'
import { findBeginning } from './resting-uploads.ts'

/** Bytes may take their time on a slow line; the connection itself notices when it is gone. */
const DEADLINE_MS = 6 * 3_600_000
/** So often in a row it may be cut without any byte getting through. */
const TRIES = 6
const LONGEST_PAUSE_MS = 5000
const GIVE_UP_MS = 2000

interface Download {
  readonly request: { readonly id: string; readonly offset: number }
  readonly sink: DownloadSink
}

/** As `Backups.download`. */
export async function download(client: PlatformClient, { request, sink }: Download, call: Call): Promise<void> {
  let offset = request.offset
  let total: number | undefined
  await untilThrough(client, { call, position: () => offset }, () =>
    exchange(
      client.address,
      {
        deadlineMs: DEADLINE_MS,
        headers: { range: `bytes=${offset}-` },
        method: 'GET',
        path: fillPath(transferPaths.bundle, { backup: request.id }),
        repeatable: false,
        signal: call.signal,
      },
      async response => {
        const size = await sizeOf(response)
        if (total === undefined) sink.onSize(size)
        total = size
        if (response.status === 416) return
        for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
          await sink.write(chunk)
          offset += chunk.length
          collectBuffers(chunk.length)
        }
        if (offset !== size) throw cut(client)
      },
    ),
  )
}

/** As `Backups.upload`. */
export async function upload(client: PlatformClient, file: UploadBackup, call: UploadCall): Promise<Activity> {
  const { bytes, environment, label } = file
  const { signal } = call
  const send = (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> =>
    client.outlive(() => requestJson(client.address, { body, method, path, signal }), call)
  await client.ready(call)
  const { environment: name, project } = environmentParams(environment)
  const target = { bytes, environment: name, project }
  const from = await findResting(client, { file, target }, call)
  const made = z.parse(uploadAnswer(), await send('POST', transferPaths.uploads, { ...target, from, label }))
  if (made.offset > 0) call.onResume?.(made.offset)
  const path = fillPath(transferPaths.upload, { upload: made.id })
  try {
    await sendAll(client, { file, from: made.offset, path, send }, call)
  } catch (error) {
    if (!isCut(error) && !signal.aborted) await giveUp(client, path)
    throw error
  }
  return z.parse(activity(), await send('POST', fillPath(transferPaths.finish, { upload: made.id }), {}))
}

/** What an earlier call has sent of the file. */
async function findResting(
  client: PlatformClient,
  { file, target }: { readonly file: UploadBackup; readonly target: Readonly<Record<string, number | string>> },
  call: UploadCall,
): Promise<{ readonly id: string; readonly offset: number } | undefined> {
  const path = transferPaths.uploads + queryString(target)
  const request = { deadlineMs: DEADLINE_MS, method: 'GET', path, signal: call.signal } as const
  const answer = await client.outlive(() => requestJson(client.address, request), call)
  const found = await findBeginning(z.parse(restingUploads(), answer).items, offset => file.open(offset))
  return found && { id: found.id, offset: found.offset }
}

interface Sending {
  readonly file: UploadBackup
  readonly from: number
  /** Of the upload. */
  readonly path: string
  readonly send: (method: 'GET', path: string) => Promise<unknown>
}

async function sendAll(client: PlatformClient, { file, from, path, send }: Sending, call: UploadCall): Promise<void> {
  const { signal } = call
  let offset = from
  await untilThrough(client, { call, position: () => offset }, async () => {
    offset = z.parse(uploadAnswer(), await send('GET', path)).offset
    if (offset === file.bytes) return
    let unreadable: AppError | undefined
    const body = counted(file.open(offset), {
      onError: cause => (unreadable = new AppError('not-found.file', 'the file cannot be read to its end', { cause })),
      onSent: sent => call.onSent?.(offset + sent),
    })
    const headers = { [OFFSET_HEADER]: String(offset) }
    await requestJson(client.address, { body, deadlineMs: DEADLINE_MS, headers, method: 'PATCH', path, signal }).catch(
      (error: unknown) => {
        throw unreadable ?? error
      },
    )
    offset = file.bytes
  })
}

/** So that it takes no space there; otherwise it is removed when it has rested for a day. */
async function giveUp({ address }: PlatformClient, path: string): Promise<void> {
  const signal = AbortSignal.timeout(GIVE_UP_MS)
  await requestJson(address, { method: 'DELETE', path, repeatable: false, signal }).catch(() => undefined)
}

/** @throws the server's error, unavailable.answer */
async function sizeOf(response: HttpResponse): Promise<number> {
  if (response.status >= 400 && response.status !== 416) await readJson(response)
  const size = /\/(\d+)$/.exec(response.headers['content-range'] ?? '')?.[1]
  if (size !== undefined) return Number(size)
  throw new AppError(
    'unavailable.answer',
    `${describeAddress(response.address)} did not answer with a part of the file`,
  )
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  { onError, onSent }: { readonly onError: (error: unknown) => void; readonly onSent: (bytes: number) => void },
): AsyncGenerator<Uint8Array> {
  let sent = 0
  for await (const chunk of watched(chunks, onError)) {
    yield chunk
    sent += chunk.length
    onSent(sent)
    collectBuffers(chunk.length)
  }
}

/**
 * Whoever waits for the chunks only learns that the connection is lost when they cannot be read. Apart from `counted`, into
 * which a lost connection is thrown.
 */
async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  onError: (error: unknown) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    onError(error)
    throw error
  }
}

/** Tries again after a cut, as long as bytes get through in between. @throws what the last try throws */
async function untilThrough(
  client: PlatformClient,
  { call, position }: { readonly call: Call; readonly position: () => number },
  attempt: () => Promise<void>,
): Promise<void> {
  let from = position()
  for (let tries = 1; ; tries++) {
    try {
      return await client.outlive(attempt, call)
    } catch (error) {
      if (!isCut(error)) throw error
      if (position() > from) tries = 1
      if (tries === TRIES) throw error
      from = position()
      await systemClock.sleep(Math.min(100 * 2 ** tries, LONGEST_PAUSE_MS), call.signal)
    }
  }
}

/** Also when the platform still thinks of the connection that was cut. */
function isCut(error: unknown): boolean {
  return isAppError(error) && (error.code.startsWith('unavailable.') || error.code === 'conflict.offset')
}

function cut(client: PlatformClient): AppError {
  return new AppError('unavailable.network', `${describeAddress(client.address)} ended the file before its end`)
}
