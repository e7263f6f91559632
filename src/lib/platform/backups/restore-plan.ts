import { statfs } from 'node:fs/promises'
import type { BundlePart, ServicePart, VolumePart } from '../../bundle/manifest.ts'
import { AppError } from '../../core/errors.ts'
import type { BackupScope } from '../../core/model.ts'
import { placeOf, refusePaused, requireLive } from '../deploy/deployments.ts'
import { requireClient } from '../services/missing-tool.ts'
import type { ServiceTarget } from '../services/port.ts'
import type { BackupRecord, DeploymentRecord } from '../store/port.ts'
import type { BackupDeps } from './deps.ts'
import type { RestoreInput } from './port.ts'
import { requireComplete } from './records.ts'
import { listVolumes, nameOf, type VolumePlace, volumeOf } from './volumes.ts'

/** What a restore puts where. */
export interface Plan {
  readonly backup: BackupRecord
  readonly live: DeploymentRecord
  readonly services: readonly { readonly part: ServicePart; readonly target: ServiceTarget }[]
  readonly volumes: readonly { readonly part: VolumePart; readonly target: VolumePlace }[]
  readonly clones: readonly VolumePlace[]
  /** What finds no place, what stays as it is. */
  readonly warnings: readonly string[]
}

export interface PlanRequest extends RestoreInput {
  /** Volumes of the environment whose new files lie beside them already (`FreshVolume`). */
  readonly clones?: readonly VolumePlace[] | undefined
}

/**
 * Changes nothing.
 * @throws not-found.backup, not-found.environment, not-found.service, conflict.busy, conflict.not-deployed, conflict.paused; failed.restore when a
 * service is of another type or cannot read the dump; failed.tool-missing when a program is not installed without which that cannot
 * be done, or a service of the environment not run beside its applications
 */
export async function planRestore(
  deps: BackupDeps,
  { backup: id, clones = [], environment, only, rename }: PlanRequest,
): Promise<Plan> {
  const backup = requireComplete(deps.store, id)
  const place = placeOf(deps.store, environment)
  refusePaused(place)
  const live = requireLive(deps.store, place)
  const parts = backup.manifest.parts.filter(part => isIn(part, only))
  refuseUnknownNames(parts, rename)
  const targets = await deps.services.targets(environment)
  const services = parts.flatMap(part =>
    part.kind === 'volume' ? [] : { part, target: findService(part, targets, rename[part.service]) },
  )
  const known = knownVolumes(deps, environment, live)
  const volumes = parts.flatMap(part =>
    part.kind === 'volume'
      ? { part, target: volumeOf(environment, rename[part.volume] ?? part.volume, part.directories) }
      : [],
  )
  const isKnown = (volume: VolumePlace): boolean => known.has(nameOf(volume))
  const plan = {
    backup,
    clones: clones.filter(isKnown),
    live,
    services,
    volumes: volumes.filter(({ target }) => isKnown(target)),
  }
  const homeless = [
    ...volumes.flatMap(({ part, target }) => (isKnown(target) ? [] : part.volume)),
    ...clones.flatMap(clone => (isKnown(clone) ? [] : nameOf(clone))),
  ]
  const warnings = warningsOf(plan, { homeless, known, targets })
  if (services.length + plan.volumes.length + plan.clones.length === 0) throw nothing(backup, warnings)
  return { ...plan, warnings: [...doubtsOf(backup), ...warnings] }
}

/** Of the backup, what is restored. */
export function partsOf({ services, volumes }: Plan): BundlePart[] {
  return [...services, ...volumes].map(({ part }) => part)
}

/** A plan by names, which survives JSON: part of the bundle -> service or volume of the environment. */
export interface Choice {
  readonly targets: Readonly<Record<string, string>>
  /** Volumes of the environment. */
  readonly clones?: readonly string[] | undefined
  readonly warnings: readonly string[]
}

export function choiceOf({ clones, services, volumes, warnings }: Plan): Choice {
  const targets = [
    ...services.map(({ part, target }) => [part.name, target.place.name] as const),
    ...volumes.map(({ part, target }) => [part.name, nameOf(target)] as const),
  ]
  return { clones: clones.map(nameOf), targets: Object.fromEntries(targets), warnings }
}

/** The plan of a choice that was made earlier, perhaps before a crash. @throws not-found.backup, not-found.service */
export async function resolvePlan(
  deps: BackupDeps,
  { backup: id, clones = [], environment }: PlanRequest,
  { clones: taken = [], targets, warnings }: Choice,
): Promise<Plan> {
  const backup = requireComplete(deps.store, id)
  const live = requireLive(deps.store, placeOf(deps.store, environment))
  const services = await deps.services.targets(environment)
  const chosen = backup.manifest.parts.flatMap(part => {
    const name = targets[part.name]
    return name === undefined ? [] : { name, part }
  })
  return {
    backup,
    clones: clones.filter(place => taken.includes(nameOf(place))),
    live,
    services: chosen.flatMap(({ name, part }) =>
      part.kind === 'volume' ? [] : { part, target: findService(part, services, name) },
    ),
    volumes: chosen.flatMap(({ name, part }) =>
      part.kind === 'volume' ? { part, target: volumeOf(environment, name, part.directories) } : [],
    ),
    warnings,
  }
}

function doubtsOf({ id, verification }: BackupRecord): string[] {
  if (verification?.result !== 'failed') return []
  return [`the verification of ${id} failed: ${verification.problems.join('; ')}`]
}

function isIn({ kind }: BundlePart, only: readonly BackupScope[]): boolean {
  return only.length === 0 || only.includes(kind === 'volume' ? 'files' : 'database')
}

function refuseUnknownNames(parts: readonly BundlePart[], rename: Readonly<Record<string, string>>): void {
  const names = parts.map(part => (part.kind === 'volume' ? part.volume : part.service))
  const unknown = Object.keys(rename).find(name => !names.includes(name))
  if (unknown === undefined) return
  throw new AppError('not-found.service', `of what is to be restored the backup has no ${unknown}`, {
    suggestions: [names.length > 0 ? `it has ${names.join(', ')}` : 'leave out --only'],
  })
}

function findService(
  { dump, serverVersion, service, type }: ServicePart,
  targets: ReadonlyMap<string, ServiceTarget>,
  renamed: string | undefined,
): ServiceTarget {
  const same = [...targets.values()].filter(target => target.type.name === type)
  const [only] = same
  const target = targets.get(renamed ?? service) ?? (renamed === undefined && same.length === 1 ? only : undefined)
  if (!target) {
    const choices = same.map(({ place }) => `pass --rename-service ${service}=${place.name}`)
    throw new AppError('not-found.service', `the environment has no service ${renamed ?? service}`, {
      suggestions: choices.length > 0 ? choices : [`deploy a configuration with a ${type} named ${service} first`],
    })
  }
  const { place, type: own } = target
  if (own.name !== type || own.data?.dump !== dump)
    throw refusal(`${place.name} is a ${own.name}; the backup has a ${type} (${dump}) of ${service}`)
  const verdict = own.data.accepts(serverVersion, place.installed)
  if (!verdict.ok) throw refusal(`${place.name} cannot read the dump of ${service}: ${verdict.reason}`)
  requireClient(target)
  return target
}

/** Names of the volumes that mounts of the live deployment show, and of those that are on disk. */
function knownVolumes(deps: BackupDeps, environment: string, { spec }: DeploymentRecord): ReadonlySet<string> {
  const mounts = spec.applications.flatMap(({ mounts: own, workers }) => [
    ...own,
    ...workers.flatMap(worker => worker.mounts),
  ])
  return new Set([
    ...mounts.flatMap(({ source, volume }) => (source === 'shared' ? volume : [])),
    ...listVolumes(deps, environment).map(nameOf),
  ])
}

interface Found {
  readonly targets: ReadonlyMap<string, ServiceTarget>
  /** Volumes that nothing mounts. */
  readonly homeless: readonly string[]
  /** Volumes of the environment. */
  readonly known: ReadonlySet<string>
}

function warningsOf(
  { clones, services, volumes }: Pick<Plan, 'clones' | 'services' | 'volumes'>,
  { homeless, known, targets }: Found,
): string[] {
  const served = new Set(services.map(({ target }) => target.place.name))
  const filled = new Set([...volumes.map(({ target }) => target), ...clones].map(nameOf))
  return [
    ...services.flatMap(({ part, target: { place } }) =>
      part.service === place.name ? [] : `${part.service} of the backup goes to ${place.name}`,
    ),
    ...homeless.map(
      name =>
        `the volume ${name} of the backup is left out: no mount has it${[...known].map(own => `; --rename-service ${name}=${own} puts it there`).join('')}`,
    ),
    ...[...targets.values()].flatMap(({ place, type }) =>
      type.data && !served.has(place.name) ? `the service ${place.name} stays as it is` : [],
    ),
    ...[...known].flatMap(name => (filled.has(name) ? [] : `the volume ${name} stays as it is`)),
  ]
}

/** Volumes lie twice until the end, a file of several names once; of a dump at least what is compressed. @throws failed.disk-full */
export async function refuseWithoutSpace({ layout }: BackupDeps, parts: readonly BundlePart[]): Promise<void> {
  const { bavail, bsize } = await statfs(layout.home.data)
  const needed = parts.reduce(
    (sum, part) =>
      sum + (part.kind === 'volume' ? Math.min(part.contentBytes ?? Infinity, part.fileBytes) : part.bytes),
    0,
  )
  if (needed <= bavail * bsize) return
  throw new AppError('failed.disk-full', `restoring it needs ${needed} bytes; ${bavail * bsize} are free`, {
    suggestions: ['free some space, then repeat'],
  })
}

function refusal(message: string): AppError {
  return new AppError('failed.restore', message, {
    details: { state: 'untouched' },
    suggestions: ['nothing was changed; choose another service with --rename-service, or another backup'],
  })
}

function nothing({ id }: BackupRecord, warnings: readonly string[]): AppError {
  return new AppError('failed.restore', `the backup ${id} has nothing that the environment has a place for`, {
    details: { state: 'untouched' },
    suggestions: warnings.filter(warning => warning.includes('left out')),
  })
}
