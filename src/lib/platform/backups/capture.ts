import { PassThrough, type Readable, type TransformOptions } from 'node:stream'
import { constants, createZstdCompress, type ZstdOptions } from 'node:zlib'
import { type BundlePart, type ServicePart, type VolumePart, ZSTD_SUFFIX } from '../../bundle/manifest.ts'
import { readVolumeFacts } from '../../bundle/volume-facts.ts'
import type { BackupScope } from '../../core/model.ts'
import type { ServiceOperations, ServiceTarget } from '../services/port.ts'
import type { HeldParts } from './parts.ts'
import { destroying, together } from './together.ts'
import type { VolumeJobs } from './volume-jobs.ts'
import type { VolumeMemory } from './volume-memory.ts'
import { nameOf, type VolumePlace } from './volumes.ts'

/**
 * Level 3 of zstd with the smaller tables of a faster level, which stay in the processor's cache: measured on dumps, 1 to 2 %
 * smaller than level 2 for a tenth more time, and smaller than `gzip -6`. `nbWorkers` cuts the output off (Node 24).
 */
const COMPRESSION = {
  [constants.ZSTD_c_compressionLevel]: 3,
  [constants.ZSTD_c_windowLog]: 20,
  [constants.ZSTD_c_hashLog]: 16,
  [constants.ZSTD_c_chainLog]: 13,
}
/** So much may wait for the compressor: with less, whoever dumps waits for each piece to be compressed. */
const WAITING_BYTES = 2 * 1024 * 1024
const CHUNK_BYTES = 512 * 1024

export interface CaptureDeps {
  readonly operations: ServiceOperations
  readonly volumeJobs: VolumeJobs
  readonly memory: VolumeMemory
}

/** What of an environment is copied. */
export interface CaptureSources {
  readonly services: readonly ServiceTarget[]
  readonly volumes: readonly VolumePlace[]
}

export interface CaptureOptions {
  readonly live: boolean
  /** Volumes are kept so that what they have in common with earlier backups takes no more space. */
  readonly deduplicate: boolean
  readonly parts: HeldParts
  readonly signal: AbortSignal
  readonly onPart: (part: BundlePart, how: 'copied' | 'unchanged') => void
}

/** Whether `only` means it, too: without any it means everything. */
export function isInScope(scope: BackupScope, only: readonly BackupScope[]): boolean {
  return only.length === 0 || only.includes(scope)
}

/**
 * Copies databases and volumes, side by side, into parts that were read back. Returns them in the order of the sources. When
 * one fails the others are ended.
 * @throws failed.dump, failed.disk-full, failed.verify, the signal's reason
 */
export async function capture(
  deps: CaptureDeps,
  { services, volumes }: CaptureSources,
  { signal, ...options }: CaptureOptions,
): Promise<BundlePart[]> {
  const failed = new AbortController()
  const all = { ...options, signal: AbortSignal.any([signal, failed.signal]) }
  return together(
    [
      ...services.map(target => captureService(deps, target, all)),
      ...volumes.map(volume => captureVolume(deps, volume, all)),
    ],
    reason => failed.abort(reason),
  )
}

async function captureService(
  { operations }: CaptureDeps,
  target: ServiceTarget,
  { onPart, parts, signal }: CaptureOptions,
): Promise<ServicePart> {
  const { place, type } = target
  if (!type.data) throw new TypeError(`${type.name} has nothing to back up`)
  const compressor = compress()
  const [{ rows }, stored] = await together(
    [operations.dump(target, compressor, signal), parts.put(compressor, { signal })],
    destroying(compressor),
  )
  const kind = type.backup.kind === 'database' ? 'database' : 'service'
  const part: ServicePart = {
    ...stored,
    contentBytes: compressor.bytesWritten,
    configuration: place.configuration,
    dump: type.data.dump,
    kind,
    name: `${kind}s/${encode(place.name)}.${type.data.extension}${ZSTD_SUFFIX}`,
    rows,
    serverVersion: place.installed.version,
    service: place.name,
    type: type.name,
  }
  onPart(part, 'copied')
  return part
}

async function captureVolume(
  { memory, volumeJobs }: CaptureDeps,
  volume: VolumePlace,
  { deduplicate, live, onPart, parts, signal }: CaptureOptions,
): Promise<VolumePart> {
  const listing = await volumeJobs.listing(volume, { live, signal })
  const known = memory.recall(volume, listing)
  if (known && (await parts.find(known))) {
    onPart(known, 'unchanged')
    return known
  }
  const tar = new PassThrough({ highWaterMark: CHUNK_BYTES })
  const seen = new PassThrough({ highWaterMark: CHUNK_BYTES })
  // what is compressed has nothing in common any more with what was compressed before
  const kept = deduplicate ? new PassThrough({ highWaterMark: CHUNK_BYTES }) : compress()
  tar.pipe(seen)
  tar.pipe(kept)
  const [, facts, stored] = await together(
    [
      volumeJobs.archive(volume, tar, { live, signal }),
      readVolumeFacts(seen),
      parts.put(kept, { deduplicate, signal }),
    ],
    destroying(tar, seen, kept),
  )
  const name = nameOf(volume)
  const { directories } = volume
  const part: VolumePart = {
    ...stored,
    ...facts,
    directories: [...directories],
    kind: 'volume',
    name: `volumes/${encode(name)}.tar${deduplicate ? '' : ZSTD_SUFFIX}`,
    volume: name,
  }
  memory.remember(volume, listing, part)
  onPart(part, 'copied')
  return part
}

/** A stream of the bytes, to be read as they are stored. */
export function compress(): ReturnType<typeof createZstdCompress> & Readable {
  const options: ZstdOptions & TransformOptions = {
    chunkSize: CHUNK_BYTES,
    highWaterMark: WAITING_BYTES,
    params: COMPRESSION,
  }
  return createZstdCompress(options)
}

/** A name as a file in a bundle may have it. */
function encode(name: string): string {
  return encodeURIComponent(name)
    .replaceAll(/[!'()*~]/g, percent)
    .replaceAll('%40', '@')
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
