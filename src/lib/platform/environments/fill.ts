import type { VolumePart } from '../../bundle/manifest.ts'
import type { ActivityContext } from '../activities/port.ts'
import type { BackupDeps } from '../backups/deps.ts'
import { unpack } from '../backups/unpack.ts'
import { FreshVolume, nameOf, volumeOf } from '../backups/volumes.ts'
import type { Release } from '../deploy/release.ts'
import type { ParentData } from './parent-backup.ts'
import { startServices } from './start-services.ts'

/**
 * Writes the data of its parent into an environment in which nothing runs so far: its managed services, as the release has
 * them, are started for it. Each step may be repeated. @throws failed.restore, failed.start, failed.health
 */
export async function fillEnvironment(
  deps: BackupDeps,
  context: ActivityContext,
  { clones, manifest, release }: ParentData & { readonly release: Release },
): Promise<void> {
  const { id } = release.environment
  const targets = await deps.services.targets(id)
  const services = manifest.parts.flatMap(part => {
    const target = part.kind === 'volume' ? undefined : targets.get(part.service)
    return target && part.kind !== 'volume' ? { part, target } : []
  })
  // those that must not run while their data is put in place
  const stopped = services.flatMap(({ target: { place, type } }) =>
    type.data?.restoresStopped === true ? place.name : [],
  )
  context.phase('services')
  await context.step('copy:services', () => startServices(deps, context, { release, without: new Set(stopped) }))
  context.phase('copy')
  for (const { part, target } of services) {
    await context.step(`copy:service:${part.service}`, () =>
      unpack(deps.parts, part, content => deps.operations.restore(target, content, context.signal)),
    )
    context.log({ message: `${part.service}: copied` })
  }
  for (const part of manifest.parts) {
    if (part.kind !== 'volume') continue
    await context.step(`copy:volume:${part.volume}`, () => fillVolume(deps, context, { environment: id, part }))
    context.log({ message: `${part.volume}: ${part.files} files copied` })
  }
  for (const place of clones) {
    const fresh = new FreshVolume(deps.layout, place, context.activity.id)
    await context.step(`copy:volume:${nameOf(place)}`, () => fresh.exchange())
    await fresh.dropOld()
  }
}

async function fillVolume(
  { layout, parts, volumeJobs }: BackupDeps,
  { activity, signal }: ActivityContext,
  { environment, part }: { readonly environment: string; readonly part: VolumePart },
): Promise<void> {
  const fresh = new FreshVolume(layout, volumeOf(environment, part.volume, part.directories), activity.id)
  await fresh.clear()
  await unpack(parts, part, content => volumeJobs.extract(fresh.place, content, signal))
  fresh.exchange()
  await fresh.dropOld()
}
