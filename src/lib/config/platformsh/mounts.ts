import * as z from 'zod/mini'
import { didYouMean } from '../document/nearest.ts'
import { addProblem, keysOf, type Section, subsection } from '../document/section.ts'
import { strict } from '../document/validate.ts'
import type { MountSpec } from '../environment-spec.ts'
import { text } from '../shared/fields.ts'
import { serviceTypeName } from '../shared/service-types.ts'
import { insidePath } from '../tree.ts'
import type { FoundServices } from './services.ts'

const LEGACY = /^shared:files(?:\/(.*))?$/

const mountSchema = z.union([
  z
    .string()
    .check(z.regex(LEGACY, { error: 'is no mount; expected "shared:files/<directory>" or {source, source_path}' })),
  strict({
    service: z.nullish(text),
    source: z.enum(['local', 'storage', 'instance', 'tmp', 'temporary', 'service']),
    source_path: z.nullish(
      text.check(z.refine(path => insidePath(path) !== undefined, { error: 'must stay inside the volume' })),
    ),
  }),
])

/** Mount path -> where its files lie. */
export const mountsSchema = z.record(z.string(), mountSchema)

type MountsInput = z.output<typeof mountsSchema>

/** Mounts lie inside the application, and none in another; those of a network storage name one that is there. */
export function checkMounts(section: Section | undefined, services: FoundServices): void {
  checkPaths(section)
  for (const key of keysOf(section)) {
    const mount = section && subsection(section, key)
    if (mount && valueAt(mount, 'source') === 'service') checkStorage(mount, services)
  }
}

function checkStorage(section: Section, services: FoundServices): void {
  const name = valueAt(section, 'service')
  const storages = [...services].flatMap(([key, service]) =>
    service && serviceTypeName(service.type) === 'network-storage' ? [key] : [],
  )
  if (typeof name !== 'string')
    addProblem(section, ['service'], { message: 'is required: the name of a network storage' })
  else if (!services.has(name))
    addProblem(section, ['service'], {
      allowed: storages,
      message: `there is no service "${name}"${didYouMean(name, storages)}`,
    })
  else if (services.get(name) && !storages.includes(name))
    addProblem(section, ['service'], { allowed: storages, message: `${name} is no network storage` })
}

function valueAt(section: Section, key: string): unknown {
  const node = subsection(section, key)?.node
  return node?.kind === 'scalar' ? node.value : undefined
}

function checkPaths(section: Section | undefined): void {
  const mounts = keysOf(section).map(key => ({ key, path: insidePath(key) }))
  for (const { key, path } of mounts) {
    const outer = mounts.find(other => other.key !== key && contains(other.path, path))
    const message =
      path === undefined || path === '.'
        ? 'must be a directory inside the application'
        : outer && `lies in the mount "${outer.key}": mounts cannot be nested`
    if (section && message !== undefined) addProblem(section, [key], { message })
  }
}

function contains(outer: string | undefined, inner: string | undefined): boolean {
  return outer !== undefined && inner !== undefined && (inner === outer || inner.startsWith(`${outer}/`))
}

/** Who owns the volumes: `service` for what each service has for itself, `application` for what its workers share. */
export interface MountOwner {
  readonly application: string
  readonly service: string
}

/**
 * `storage` and the legacy string form are one volume for the application and its workers; `local` is one per service;
 * `instance` one per running copy; `service` is the volume of a network storage, the same for all that mount it
 * (docs.platform.sh and docs.upsun.com, "mounts"). The path in the volume is the mount's own where the file names none.
 */
export function toMounts(mounts: MountsInput, owner: MountOwner): MountSpec[] {
  return Object.entries(mounts).map(([key, mount]) => {
    const path = insidePath(key) ?? key
    if (typeof mount === 'string')
      return { path, source: 'shared', sourcePath: inVolume(LEGACY.exec(mount)?.[1]), volume: owner.application }
    return {
      path,
      source: source(mount.source),
      sourcePath: mount.source_path === undefined || mount.source_path === null ? path : inVolume(mount.source_path),
      volume: volume(mount, owner),
    }
  })
}

function volume({ service, source: from }: Exclude<MountsInput[string], string>, owner: MountOwner): string {
  if (from === 'service') return service ?? ''
  return from === 'storage' ? owner.application : owner.service
}

function inVolume(path: string | undefined): string {
  return insidePath(path ?? '') ?? '.'
}

function source(name: string): MountSpec['source'] {
  if (name === 'instance') return 'instance'
  return name === 'tmp' || name === 'temporary' ? 'tmp' : 'shared'
}
