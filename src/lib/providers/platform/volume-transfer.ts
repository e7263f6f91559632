import { mkdir, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { AppError } from '../../core/errors.ts'
import type { VolumeTransfer } from '../../core/model.ts'
import { fileLine, type VolumeFile, volumeFilePaths } from '../../protocol/volume-files.ts'
import { hashFile, type LocalTree, readLocalTree } from '../../source/volume-tree.ts'
import { exchange, requestJson } from '../../transport/http.ts'
import { type HttpResponse, readJson } from '../../transport/response.ts'
import type { Call, VolumeCall, VolumePlan, TransferVolume } from '../port.ts'
import { fillPath, type PlatformClient } from './client.ts'
import { environmentParams } from './environments.ts'
import { packFiles, unpackFiles } from './volume-tar.ts'

/** As long as bytes flow there is no hurry; the connection itself notices when it is gone. */
const DEADLINE_MS = 24 * 3_600_000

interface RemoteTree {
  readonly files: ReadonlyMap<string, VolumeFile>
  readonly others: number
}

interface Comparison {
  /** Absolute. */
  readonly directory: string
  readonly remote: RemoteTree
  readonly local: LocalTree
  readonly same: ReadonlySet<string>
  /** What the target lacks or has otherwise, with its size. */
  readonly send: ReadonlyMap<string, number>
  /** What only the target has, where that is to go. */
  readonly remove: readonly string[]
}

/** What a transfer would do. Changes nothing. */
export async function planTransfer(
  client: PlatformClient,
  request: TransferVolume,
  call: VolumeCall,
): Promise<VolumePlan> {
  const { remove, same, send } = await compare(client, request, call)
  return { remove, send: [...send].map(([path, bytes]) => ({ bytes, path })), unchanged: same.size }
}

/** Makes the files of a directory those of the volume, as far as they differ. */
export async function downloadVolume(
  client: PlatformClient,
  request: TransferVolume,
  call: VolumeCall,
): Promise<VolumeTransfer> {
  const { directory, remote, remove, same, send } = await compare(client, request, call)
  await mkdir(directory, { recursive: true })
  const progress = startProgress(send.values(), call)
  const wanted = new Map([...remote.files].filter(([path]) => send.has(path)))
  if (wanted.size > 0) {
    const arrived = await openVolume(client, request, call).read([...wanted.keys()], response =>
      unpackFiles(response.body, { directory, onFile: progress.onFile, wanted }),
    )
    const missing = [...wanted.keys()].filter(path => !arrived.has(path))
    if (missing.length > 0) throw changedMeanwhile(request.volume, missing)
  }
  for (const path of remove) await rm(join(directory, path), { force: true })
  const passedOver = remote.others + remote.files.size - same.size - send.size
  return { ...progress.sent(), passedOver, removed: remove.length, unchanged: same.size, volume: request.volume }
}

/** Makes the files of the volume those of a directory, as far as they differ. @throws not-found.file */
export async function uploadVolume(
  client: PlatformClient,
  request: TransferVolume,
  call: VolumeCall,
): Promise<VolumeTransfer> {
  const { directory, local, remove, same, send } = await compare(client, request, call)
  const volume = openVolume(client, request, call)
  const progress = startProgress(send.values(), call)
  if (send.size > 0) await volume.write(packFiles(directory, [...send.keys()], progress.onFile))
  if (remove.length > 0) await volume.remove(remove)
  const passedOver = local.others.length
  return { ...progress.sent(), passedOver, removed: remove.length, unchanged: same.size, volume: request.volume }
}

async function compare(client: PlatformClient, request: TransferVolume, call: Call): Promise<Comparison> {
  const { direction, mirror } = request
  const { signal } = call
  const directory = resolve(request.directory)
  if (direction === 'upload') await requireDirectory(directory)
  const remote = await openVolume(client, request, call).list()
  const local = await readLocalTree(directory, signal)
  const same = await sameFiles(remote.files, local, { directory, signal })
  const theirs = new Map([...remote.files.values()].map(({ path, size }) => [path, size]))
  const [source, target] = direction === 'upload' ? [local.files, theirs] : [theirs, local.files]
  return {
    directory,
    local,
    remote,
    remove: mirror ? [...target.keys()].filter(path => !source.has(path)) : [],
    same,
    send: new Map([...source].filter(([path]) => !same.has(path) && isInside(path))),
  }
}

function openVolume(client: PlatformClient, { environment, volume }: TransferVolume, { signal }: Call) {
  const request = (name: keyof typeof volumeFilePaths, method: 'GET' | 'POST', body?: unknown) => ({
    body,
    deadlineMs: DEADLINE_MS,
    method,
    path: fillPath(volumeFilePaths[name], { ...environmentParams(environment), volume }),
    repeatable: false,
    signal,
  })
  return {
    list: () =>
      exchange(client.address, request('files', 'GET'), async answer => readList(await accepted(answer), volume)),
    read: <T>(paths: readonly string[], take: (response: HttpResponse) => Promise<T>) =>
      exchange(client.address, request('read', 'POST', joinPaths(paths)), async answer => take(await accepted(answer))),
    remove: (paths: readonly string[]) => requestJson(client.address, request('remove', 'POST', joinPaths(paths))),
    write: (tar: AsyncIterable<Uint8Array>) => requestJson(client.address, request('write', 'POST', tar)),
  }
}

/** @throws what the platform answered in place of bytes */
async function accepted(response: HttpResponse): Promise<HttpResponse> {
  if (response.status >= 400) await readJson(response)
  return response
}

async function readList({ body }: HttpResponse, volume: string): Promise<RemoteTree> {
  const files = new Map<string, VolumeFile>()
  let others = 0
  for await (const text of createInterface({ input: body })) {
    const line = fileLine.parse(JSON.parse(text))
    if ('end' in line) return { files, others }
    if ('other' in line) others++
    else files.set(line.path, line)
  }
  throw new AppError('unavailable.network', `the list of the files of ${volume} was cut off`)
}

/** Paths at which both sides have the same content. */
async function sameFiles(
  remote: ReadonlyMap<string, VolumeFile>,
  local: LocalTree,
  { directory, signal }: { readonly directory: string; readonly signal: AbortSignal },
): Promise<ReadonlySet<string>> {
  const same = new Set<string>()
  for (const { path, sha256, size } of remote.values()) {
    if (local.files.get(path) === size && (await hashFile(join(directory, path), signal)) === sha256) same.add(path)
  }
  return same
}

function startProgress(sizes: Iterable<number>, { onProgress }: VolumeCall) {
  const totalBytes = [...sizes].reduce((sum, size) => sum + size, 0)
  let sent = { bytes: 0, files: 0 }
  return {
    onFile: ({ bytes }: { readonly bytes: number }): void => {
      sent = { bytes: sent.bytes + bytes, files: sent.files + 1 }
      onProgress?.({ ...sent, totalBytes })
    },
    sent: () => sent,
  }
}

/** `./` in front keeps a name from being taken for an option. */
function joinPaths(paths: readonly string[]): Uint8Array {
  return Buffer.from(paths.map(path => `./${path}\0`).join(''))
}

/** What a volume holds is its application's: it may not write elsewhere than below the directory. */
function isInside(path: string): boolean {
  const hasDrive = process.platform === 'win32' && /[\\:]/.test(path)
  return (
    !hasDrive && path.split('/').every(name => name !== '' && name !== '.' && name !== '..' && !name.includes('\0'))
  )
}

async function requireDirectory(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined)
  if (found?.isDirectory()) return
  throw new AppError('not-found.file', `there is no directory ${directory}`)
}

function changedMeanwhile(volume: string, paths: readonly string[]): AppError {
  const shown = paths.slice(0, 3).join(', ')
  return new AppError('failed.volume', `${paths.length} files of ${volume} changed while they were read: ${shown}`, {
    suggestions: ['repeat it: only what differs is sent again'],
  })
}
