import type { EdgeSite } from '../edge/port.ts'
import type { Store } from '../store/port.ts'
import type { SiteMemory } from './routing.ts'

const PREFIX = 'sites:'

/** Remembers in the store where each environment's requests went, so that a restart of the platform changes nothing. */
export function createSiteMemory({ settings }: Store): SiteMemory {
  return {
    load: () =>
      new Map(
        settings.list(PREFIX).map(({ name, value }) => {
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `save` below, by the same version or migrated
          return [name.slice(PREFIX.length), value as readonly EdgeSite[]] as const
        }),
      ),
    nextGeneration: () => settings.increment('edge.generation'),
    save(environment, sites) {
      if (sites) settings.set(PREFIX + environment, sites)
      else settings.delete(PREFIX + environment)
    },
  }
}
