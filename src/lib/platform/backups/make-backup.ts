import { mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { manifestBytes } from '../../bundle/layout.ts'
import { BUNDLE_FORMAT, BUNDLE_VERSION, type BundleManifest, type BundlePart } from '../../bundle/manifest.ts'
import { AppError } from '../../core/errors.ts'
import type { ActivityContext } from '../activities/port.ts'
import { placeOf } from '../deploy/deployments.ts'
import { writeDurably } from '../source/durable.ts'
import type { BackupRecord } from '../store/port.ts'
import { findSources } from './backup-sources.ts'
import { capture, type CaptureSources } from './capture.ts'
import { contentsOf, describePart } from './contents.ts'
import type { BackupDeps } from './deps.ts'
import { whileHeld } from './hold.ts'
import type { HeldParts } from './parts.ts'
import type { CreateBackupInput } from './port.ts'
import { requireBackup } from './records.ts'
import { expiryOf } from './retention.ts'
import type { VolumePlace } from './volumes.ts'

export interface BackupRequest extends CreateBackupInput {
  /** Nothing of the applications runs: there is nobody to hold. */
  readonly isStopped?: boolean | undefined
  /** Takes the volumes elsewhere, instead of into the backup, in the same moment as its databases. */
  readonly takeVolumes?: ((volumes: readonly VolumePlace[]) => Promise<void>) | undefined
  /** In front of the names of its steps, where an activity makes several; `backup` unless told. */
  readonly steps?: string | undefined
}

/**
 * Makes a backup of an environment, by steps of an activity that is inside the environment's lane. It counts once all of its
 * parts were read back; one that fails is recorded as failed and leaves no parts.
 * @throws conflict.no-data, failed.dump, failed.disk-full, failed.verify, failed.tool-missing, failed.cancelled, conflict.paused
 */
export async function makeBackup(
  deps: BackupDeps,
  context: ActivityContext,
  request: BackupRequest,
): Promise<BackupRecord> {
  const { backup, steps = 'backup' } = request
  try {
    context.phase('prepare')
    await context.step(`${steps}:begin`, () => begin(deps, context, request))
    await context.step(`${steps}:copy`, () => copy(deps, context, request))
    context.phase('record')
    return await context.step(`${steps}:record`, () => complete(deps, request))
  } catch (error) {
    if (!context.interrupted) await discard(deps, backup)
    throw error
  }
}

function begin({ store }: BackupDeps, { activity }: ActivityContext, request: BackupRequest): void {
  const { environment, project } = placeOf(store, request.environment)
  const { backup: id, consistency, keep, label, reason } = request
  store.backups.create({
    activity: activity.id,
    consistency,
    contents: [],
    createdAt: new Date().toISOString(),
    environment: environment.name,
    expiresAt: expiryOf(reason, keep, Date.now()),
    id,
    label,
    project: project.name,
    reason,
    sizeBytes: 0,
    state: 'running',
  })
}

/** One step: what was copied before a crash may no longer fit what is copied after it. */
async function copy(deps: BackupDeps, context: ActivityContext, request: BackupRequest): Promise<void> {
  const sources = await findSources(deps, context, request)
  const deduplicate = !request.takeVolumes && deps.policies.storage(request.environment) === 'restic'
  // what is missing for it is said before anybody waits
  if (deduplicate) await deps.deduplicated.prepare()
  const interrupted = requireBackup(deps.store, request.backup).manifest
  await deps.parts.holding(async parts => {
    const run = (signal: AbortSignal): Promise<BundlePart[]> =>
      copyAll(deps, context, { deduplicate, parts, request, signal, sources })
    if (request.consistency === 'live' || request.isStopped)
      return attach(deps, request, { parts: await run(context.signal) })
    context.phase('hold')
    const { pausedMs, value } = await whileHeld(deps, request.environment, lost =>
      run(AbortSignal.any([context.signal, lost])),
    )
    context.log({ message: `the applications were held for ${pausedMs} ms` })
    attach(deps, request, { parts: value, pausedMs })
  })
  await deps.parts.release(interrupted?.parts ?? [])
}

interface Copying {
  readonly deduplicate: boolean
  readonly parts: HeldParts
  readonly request: BackupRequest
  readonly signal: AbortSignal
  readonly sources: CaptureSources
}

async function copyAll(
  deps: BackupDeps,
  context: ActivityContext,
  { deduplicate, parts, request, signal, sources }: Copying,
): Promise<BundlePart[]> {
  context.phase('dump')
  const { takeVolumes } = request
  await takeVolumes?.(sources.volumes)
  return capture(deps, takeVolumes ? { ...sources, volumes: [] } : sources, {
    deduplicate,
    live: request.consistency === 'live',
    onPart: (part, how) => context.log({ message: describePart(part, how) }),
    parts,
    signal,
  })
}

/** From here on its parts are known to belong to it. */
function attach(deps: BackupDeps, request: BackupRequest, made: Pick<BundleManifest, 'parts' | 'pausedMs'>): void {
  const { consistency, createdAt, environment, id, label, project } = requireBackup(deps.store, request.backup)
  const manifest: BundleManifest = {
    ...made,
    consistency,
    createdAt,
    environment,
    format: BUNDLE_FORMAT,
    id,
    label,
    project,
    tool: `aloft ${deps.version}`,
    version: BUNDLE_VERSION,
  }
  recordManifest(deps, id, manifest)
}

/** In the database, and as a file beside the parts for whoever has lost the database. */
export function recordManifest({ layout, store: { backups } }: BackupDeps, id: string, manifest: BundleManifest): void {
  const directory = join(layout.backups, id)
  mkdirSync(directory, { mode: 0o700, recursive: true })
  writeDurably(join(directory, 'manifest.json'), manifestBytes(manifest), 0o600)
  backups.update(id, {
    ...contentsOf(manifest),
    manifest,
    pausedMs: manifest.pausedMs,
  })
}

async function complete(deps: BackupDeps, { backup }: BackupRequest): Promise<BackupRecord> {
  await checkParts(deps, backup, requireBackup(deps.store, backup).manifest?.parts ?? [])
  return deps.store.backups.update(backup, { completedAt: new Date().toISOString(), state: 'complete' })
}

/** That they are there with their sizes; none is read. @throws failed.verify when a part of the backup is gone */
export async function checkParts({ parts }: BackupDeps, id: string, wanted: readonly BundlePart[]): Promise<void> {
  for (const part of wanted) {
    if (await parts.has(part)) continue
    throw new AppError('failed.verify', `${part.name} of the backup ${id} is gone, or not whole any more`, {
      details: { backup: id, part: part.name },
      suggestions: ['use another one: `aloft backup list`'],
    })
  }
}

/** Records that it failed; its parts go. */
export async function discard(deps: BackupDeps, id: string): Promise<void> {
  const record = deps.store.backups.get(id)
  if (!record) return
  deps.store.backups.update(id, { contents: [], manifest: undefined, sizeBytes: 0, state: 'failed' })
  await rm(join(deps.layout.backups, id), { force: true, recursive: true })
  await deps.parts.release(record.manifest?.parts ?? [])
}
