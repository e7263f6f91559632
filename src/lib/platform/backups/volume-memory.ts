import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { bundlePart, type VolumePart } from '../../bundle/manifest.ts'
import type { SettingStore } from '../store/port.ts'
import { nameOf, type VolumePlace } from './volumes.ts'

const PREFIX = 'volume-backup:'
const remembered = z.object({ listing: z.string(), part: z.unknown() })

/** Which part holds a volume as it last was, so that an unchanged one is not copied again. */
export class VolumeMemory {
  readonly #settings: SettingStore

  constructor(settings: SettingStore) {
    this.#settings = settings
  }

  /** The part that was made of the same listing. */
  recall(volume: VolumePlace, listing: string | undefined): VolumePart | undefined {
    const found = z.safeParse(remembered, this.#settings.get(keyOf(volume)))
    if (!found.success || listing === undefined || found.data.listing !== listing) return undefined
    const part = z.safeParse(bundlePart(), found.data.part)
    return part.success && part.data.kind === 'volume' ? part.data : undefined
  }

  remember(volume: VolumePlace, listing: string | undefined, part: VolumePart): void {
    if (listing === undefined) this.#settings.delete(keyOf(volume))
    else this.#settings.set(keyOf(volume), { listing, part })
  }

  /** Forgets a part that turned out to be damaged: what it holds is to be copied again. */
  forget(sha256: string): void {
    for (const { name, value } of this.#settings.list(PREFIX)) {
      const found = z.safeParse(remembered, value)
      const part = z.safeParse(bundlePart(), found.data?.part)
      if (part.data?.sha256 === sha256) this.#settings.delete(name)
    }
  }

  /** Forgets environments that are gone. */
  keepOnly(environments: ReadonlySet<string>): void {
    for (const { name } of this.#settings.list(PREFIX)) {
      const [environment = ''] = name.slice(PREFIX.length).split(':')
      if (!environments.has(environment)) this.#settings.delete(name)
    }
  }
}

function keyOf(volume: VolumePlace): string {
  const name = createHash('sha256').update(nameOf(volume)).digest('hex').slice(0, 16)
  return `${PREFIX}${volume.environment}:${name}`
}
