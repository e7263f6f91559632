import { keysOf, reportKeys, type Section, subsection } from '../document/section.ts'
import type { RuntimeSpec } from '../environment-spec.ts'
import { toRuntime } from './build.ts'
import { APPLICATION_EFFECTS, WORKER_EFFECTS } from './effects.ts'
import type { Family } from './family.ts'
import { checkMountPaths } from './mounts.ts'

/**
 * What can be said of an application even when other parts of it are wrong, so that all of it is said at once: its
 * runtime, keys without effect or not there yet, and the places of its mounts.
 */
export function checkApplication(section: Section, family: Family): RuntimeSpec | undefined {
  reportKeys(section, APPLICATION_EFFECTS)
  checkMountPaths(subsection(section, 'mounts'))
  for (const key of keysOf(subsection(section, 'workers'))) {
    const worker = subsection(section, 'workers', key)
    if (worker) reportKeys(worker, WORKER_EFFECTS)
    checkMountPaths(subsection(section, 'workers', key, 'mounts'))
  }
  const type = subsection(section, 'type')
  if (type && (type.node.kind !== 'scalar' || typeof type.node.value !== 'string')) return undefined
  return toRuntime(type?.node.kind === 'scalar' ? String(type.node.value) : undefined, section, { family })
}
