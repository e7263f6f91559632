import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { AppError } from '../../core/errors.ts'
import { volumeRoot } from '../engine/process/isolation/mounts.ts'
import type { Layout } from '../layout.ts'
import { removeTree } from '../remove-tree.ts'
import { flushDirectory } from '../source/durable.ts'
import type { Store } from '../store/port.ts'

/** Between the name of a volume and what it is beside it: names are percent-encoded on disk, and never hold one there. */
const MARK = '~'
/** Its volume has no process of its own: it is the files of applications. */
const FILES_TYPE = 'network-storage'

/** The files of a volume of an environment, or of one that is being made. */
export interface VolumePlace {
  readonly environment: string
  readonly volume: string
  /** `web.1`: the instance it is dedicated to; absent: shared. */
  readonly instance?: string | undefined
  /** At its top: one for each source path that mounts show, percent-encoded, `_` for the volume itself. */
  readonly directories: readonly string[]
}

/** As manifests call it: `uploads`, `data@web.1`. */
export function nameOf({ instance, volume }: Pick<VolumePlace, 'instance' | 'volume'>): string {
  return instance === undefined ? volume : `${volume}@${instance}`
}

/** A volume of that name, as it should be. */
export function volumeOf(environment: string, name: string, directories: readonly string[]): VolumePlace {
  const at = name.lastIndexOf('@')
  if (at <= 0) return { directories, environment, volume: name }
  return { directories, environment, instance: name.slice(at + 1), volume: name.slice(0, at) }
}

/** The volumes of an environment's applications, by name; what its managed services keep is not among them. */
export function listVolumes({ layout, store }: { layout: Layout; store: Store }, environment: string): VolumePlace[] {
  const services = new Set(
    store.managedServices.list(environment).flatMap(({ name, type }) => (type === FILES_TYPE ? [] : name)),
  )
  return placesOf(layout, environment)
    .filter(({ volume }) => !volume.includes(MARK))
    .filter(({ instance, volume }) => instance !== undefined || !services.has(volume))
}

/** An empty one beside a volume, to be filled and then exchanged for it. */
export class FreshVolume {
  /** Where the jobs that fill it find it. */
  readonly place: VolumePlace
  readonly #current: string
  readonly #fresh: string
  readonly #old: string

  /** `id`: of whoever makes it, so that it is found again. */
  constructor(layout: Layout, target: VolumePlace, id: string) {
    this.place = { ...target, volume: target.volume + freshMark(id) }
    const { environment, instance, volume } = target
    const path = (suffix: string): string => volumeRoot(layout, environment, { instance, name: volume + suffix })
    this.#current = path('')
    this.#fresh = path(freshMark(id))
    this.#old = path(`${MARK}old-${id}`)
  }

  /** The volumes beside which `id` has made one. */
  static find(layout: Layout, environment: string, id: string): VolumePlace[] {
    return placesOf(layout, environment).flatMap(({ volume, ...place }) =>
      volume.endsWith(freshMark(id)) ? { ...place, volume: volume.slice(0, -freshMark(id).length) } : [],
    )
  }

  /** Removes what an interrupted attempt left in it. */
  async clear(): Promise<void> {
    await removeTree(this.#fresh)
  }

  /**
   * It takes the place of the volume, which is kept beside it until it is dropped. Until then repeating it does nothing. Nothing
   * may use the volume. @throws failed.restore when there is none to take its place
   */
  exchange(): void {
    const isKept = existsSync(this.#old)
    if (!existsSync(this.#fresh)) {
      if (isKept) return
      throw new AppError('failed.restore', `the new files of ${basename(this.#current)} are gone`)
    }
    if (!isKept) {
      if (existsSync(this.#current)) renameSync(this.#current, this.#old)
      else mkdirSync(this.#old, { mode: 0o711, recursive: true })
    }
    renameSync(this.#fresh, this.#current)
    flushDirectory(join(this.#current, '..'))
  }

  /** The volume is again what it was before `exchange`: gone when there was none. Repeating it does nothing. */
  async takeBack(): Promise<void> {
    if (existsSync(this.#old)) {
      await removeTree(this.#current)
      if (readdirSync(this.#old).length > 0) renameSync(this.#old, this.#current)
      else rmdirSync(this.#old)
      flushDirectory(join(this.#current, '..'))
    }
    await this.clear()
  }

  /** Removes what was there before. */
  async dropOld(): Promise<void> {
    await removeTree(this.#old)
  }
}

/** All that lies where volumes lie, also what is no volume. */
function placesOf(layout: Layout, environment: string): VolumePlace[] {
  const root = layout.volumes(environment)
  return entriesOf(root).map(entry => volumeOf(environment, decodeURIComponent(entry), entriesOf(join(root, entry))))
}

function freshMark(id: string): string {
  return `${MARK}new-${id}`
}

function entriesOf(directory: string): string[] {
  if (!existsSync(directory)) return []
  return readdirSync(directory, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
}
