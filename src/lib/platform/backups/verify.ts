import type { ServicePart, VolumePart } from '../../bundle/manifest.ts'
import { isAppError, toErrorDocument } from '../../core/errors.ts'
import type { BackupDeps } from './deps.ts'
import { requireComplete } from './records.ts'
import { refuseWithoutSpace } from './restore-plan.ts'
import { ThrowAway } from './throw-away.ts'
import { checkContents, unpack } from './unpack.ts'
import { volumeOf } from './volumes.ts'

export interface VerifyOptions {
  readonly signal: AbortSignal
  readonly note: (message: string) => void
}

/**
 * Restores a backup into a throw-away environment, counts rows and hashes files there, and compares them with the manifest.
 * Returns what differs or could not be restored, a sentence each.
 * @throws failed.tool-missing when a program is not installed, failed.disk-full, failed.start and failed.health when an empty
 *   service does not run, the signal's reason: nothing is known then
 */
export async function findProblems(deps: BackupDeps, id: string, { note, signal }: VerifyOptions): Promise<string[]> {
  const { manifest } = requireComplete(deps.store, id)
  const damaged = await problemOf(signal, () => checkContents(deps, manifest.parts, signal))
  if (damaged.length > 0) return damaged
  await refuseWithoutSpace(deps, manifest.parts)
  return ThrowAway.use(deps, id, async place => {
    const problems: string[] = []
    for (const part of manifest.parts) {
      const found =
        part.kind === 'volume'
          ? await problemOf(signal, () => verifyVolume(deps, place, { part, signal }))
          : await verifyService(deps, place, { note, part, signal })
      const name = part.kind === 'volume' ? part.volume : part.service
      note(
        found.length === 0
          ? `${name}: restored and compared, it is what the manifest says`
          : `${name}: ${found.join('; ')}`,
      )
      problems.push(...found)
    }
    return problems
  })
}

async function verifyService(
  deps: BackupDeps,
  place: ThrowAway,
  { note, part, signal }: VerifyOptions & { readonly part: ServicePart },
): Promise<string[]> {
  const target = await place.service(part)
  const isFilledFirst = target.type.data?.restoresStopped === true
  // what does not run without the backup's data says nothing about the backup
  if (!isFilledFirst) await place.start(target, signal)
  return problemOf(signal, async () => {
    await unpack(deps.parts, part, content => deps.operations.restore(target, content, signal))
    if (isFilledFirst) await place.start(target, signal)
    const counted = (await deps.operations.count(target, signal)) ?? {}
    const { rows = {}, service } = part
    const uncounted = Object.keys(counted).filter(table => !Object.hasOwn(rows, table))
    if (uncounted.length > 0)
      note(`${service}: restored, but its dump does not tell how many rows these have: ${uncounted.join(', ')}`)
    return compareRows(service, rows, counted)
  })
}

async function verifyVolume(
  { parts, volumeJobs }: BackupDeps,
  { environment }: ThrowAway,
  { part, signal }: { readonly part: VolumePart; readonly signal: AbortSignal },
): Promise<string[]> {
  const volume = volumeOf(environment, part.volume, part.directories)
  await unpack(parts, part, content => volumeJobs.extract(volume, content, signal))
  const { digest, fileBytes, files } = await volumeJobs.facts(volume, signal)
  if (files !== part.files || fileBytes !== part.fileBytes)
    return [
      `the volume ${part.volume} has ${files} files of ${fileBytes} bytes; the manifest says ${part.files} of ${part.fileBytes}`,
    ]
  return digest === part.digest
    ? []
    : [`files of the volume ${part.volume} have another content than the manifest says`]
}

function compareRows(
  service: string,
  expected: Readonly<Record<string, number>>,
  counted: Readonly<Record<string, number>>,
): string[] {
  const tables = Object.entries(expected).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return tables.flatMap(([table, wanted]) => {
    const found = counted[table] ?? 0
    return wanted === found ? [] : [`${table} of ${service} has ${found} rows; the manifest says ${wanted}`]
  })
}

/** What cannot be restored is a problem of the backup; a program that is not there, or a cancellation, is none. */
async function problemOf(signal: AbortSignal, run: () => Promise<string[] | void>): Promise<string[]> {
  try {
    return (await run()) ?? []
  } catch (error) {
    signal.throwIfAborted()
    if (
      !isAppError(error) ||
      !['failed.restore', 'failed.verify', 'failed.dump', 'failed.start', 'failed.health'].includes(error.code)
    )
      throw error
    return [toErrorDocument(error).message]
  }
}
