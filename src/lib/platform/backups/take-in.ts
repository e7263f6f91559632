import { createReadStream } from 'node:fs'
import { PassThrough, type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type FileKind, identify, openContent, requireComplete, toVolumeTar } from '../../bundle/clouds.ts'
import { bundleError } from '../../bundle/errors.ts'
import {
  BUNDLE_FORMAT,
  BUNDLE_VERSION,
  type BundleManifest,
  type BundlePart,
  ZSTD_SUFFIX,
} from '../../bundle/manifest.ts'
import { readBundle } from '../../bundle/read.ts'
import { readVolumeFacts } from '../../bundle/volume-facts.ts'
import { isAppError } from '../../core/errors.ts'
import type { ForeignDump } from '../services/port.ts'
import { compress } from './capture.ts'
import type { BackupDeps } from './deps.ts'
import { checkParts, discard, recordManifest } from './make-backup.ts'
import type { HeldParts } from './parts.ts'
import type { Backups } from './port.ts'
import { requireBackup } from './records.ts'
import { destroying, together } from './together.ts'

type TakenInAs = Parameters<Backups['takeIn']>[1]
type Dump = Extract<FileKind, { readonly kind: 'dump' }>

/** What the services and volumes of files that name none are called: as Liferay calls its own, as most projects call theirs. */
const NAMES = { dump: 'database', volume: 'data' } as const

/**
 * Makes a backup of a file; returns what is to be told of it. What was there before of an interrupted attempt is replaced.
 * @throws failed.verify, failed.disk-full
 */
export async function takeIn(
  deps: BackupDeps,
  file: string,
  { as, signal }: { as: TakenInAs; signal: AbortSignal },
): Promise<readonly string[]> {
  const { backups } = deps.store
  const { activity, backup: id, environment, label, project } = as
  const createdAt = new Date().toISOString()
  const record = backups.create({
    activity,
    consistency: 'live',
    contents: [],
    createdAt,
    environment,
    id,
    label,
    project,
    reason: 'upload',
    sizeBytes: 0,
    state: 'running',
  })
  if (record.state === 'complete') return []
  const notes: string[] = []
  try {
    await deps.parts.holding(async parts => {
      const manifest = await readFile(file, { as, createdAt: record.createdAt, deps, notes, parts, signal })
      recordManifest(deps, id, manifest)
      // of the time of its data: `latest` and `@time` mean that one
      backups.update(id, { createdAt: manifest.createdAt })
    })
    await checkParts(deps, id, requireBackup(deps.store, id).manifest?.parts ?? [])
    backups.update(id, { completedAt: new Date().toISOString(), state: 'complete' })
  } catch (error) {
    await discard(deps, id)
    throw inOurWords(error)
  }
  return notes
}

interface Reading {
  readonly as: TakenInAs
  readonly createdAt: string
  readonly parts: HeldParts
  readonly signal: AbortSignal
  readonly deps: BackupDeps
  /** Added to. */
  readonly notes: string[]
}

async function readFile(file: string, reading: Reading): Promise<BundleManifest> {
  const { parts, signal } = reading
  const kind = await identify(file)
  if (kind.kind === 'bundle')
    return readBundle(createReadStream(file), (_part, content) => parts.put(content, { signal }))
  const part = kind.kind === 'dump' ? await readDump(file, kind, reading) : await readVolume(file, reading)
  return ofOnePart(part, reading)
}

function ofOnePart(part: BundlePart, { as, createdAt, deps }: Reading): BundleManifest {
  return {
    consistency: 'live',
    createdAt,
    environment: as.environment,
    format: BUNDLE_FORMAT,
    id: as.backup,
    label: as.label,
    parts: [part],
    project: as.project,
    tool: `aloft ${deps.version}`,
    version: BUNDLE_VERSION,
  }
}

async function readDump(
  file: string,
  { engine, serverVersion }: Dump,
  { deps, notes, parts, signal }: Reading,
): Promise<BundlePart> {
  const data = deps.findServiceType(engine)?.data
  if (!data) throw bundleError('content', `nothing here reads dumps of ${engine}`)
  const foreign = data.foreign?.()
  await pipeline(await openContent(file), requireComplete(engine), survey(foreign), { signal })
  const counter = data.counter?.()
  const seen = new PassThrough()
  const compressor = compress()
  seen.on('data', (chunk: Buffer) => counter?.write(chunk))
  const source = await openContent(file)
  const [, stored] = await together(
    [
      pipeline(source, foreign?.translate() ?? new PassThrough(), seen, compressor, { signal }),
      parts.put(compressor, { signal }),
    ],
    destroying(source, compressor),
  )
  notes.push(...(foreign?.notes() ?? []))
  return {
    ...stored,
    contentBytes: compressor.bytesWritten,
    dump: data.dump,
    kind: 'database',
    name: `databases/${NAMES.dump}.${data.extension}${ZSTD_SUFFIX}`,
    rows: counter?.result(),
    serverVersion,
    service: NAMES.dump,
    type: engine,
  }
}

function survey(foreign: ForeignDump | undefined): Writable {
  return new Writable({
    write(chunk: Buffer, _encoding, done) {
      foreign?.survey(chunk)
      done()
    },
  })
}

async function readVolume(file: string, { parts, signal }: Reading): Promise<BundlePart> {
  const tar: Readable = toVolumeTar(await openContent(file))
  const seen = new PassThrough()
  const compressor = compress()
  tar.pipe(seen)
  tar.pipe(compressor)
  tar.once('error', error => [seen, compressor].forEach(stream => stream.destroy(error)))
  const [facts, stored] = await together(
    [readVolumeFacts(seen), parts.put(compressor, { signal })],
    destroying(tar, seen, compressor),
  )
  return {
    ...facts,
    ...stored,
    directories: ['_'],
    kind: 'volume',
    name: `volumes/${NAMES.volume}.tar${ZSTD_SUFFIX}`,
    volume: NAMES.volume,
  }
}

/** What zlib and the parser of tars say of a damaged file. */
function inOurWords(error: unknown): unknown {
  if (isAppError(error) || !(error instanceof Error)) return error
  const isDamage =
    /unexpected end of (?:file|data)|incorrect (?:data|header) check|invalid (?:tar )?header|zstd|corrupt/i
  const code = 'code' in error ? String(error.code) : ''
  if (!code.startsWith('Z_') && !code.startsWith('ZSTD_') && !isDamage.test(error.message)) return error
  return bundleError('truncated', `the file is damaged or cut off: ${error.message}`)
}
