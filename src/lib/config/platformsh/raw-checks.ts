import { keysOf, reportKeys, type Section, subsection } from '../document/section.ts'
import type { RelationshipSpec, RuntimeSpec } from '../environment-spec.ts'
import { toRuntime } from './build.ts'
import { APPLICATION_EFFECTS, WORKER_EFFECTS } from './effects.ts'
import type { Family } from './family.ts'
import { checkMounts } from './mounts.ts'
import { readRelationships, type RelationshipTargets } from './relationships.ts'

/** What is known of an application even when other parts of it are wrong. */
export interface CheckedApplication {
  readonly runtime: RuntimeSpec | undefined
  readonly relationships: readonly RelationshipSpec[]
  /** Of workers that have their own, by their keys. */
  readonly workerRelationships: ReadonlyMap<string, readonly RelationshipSpec[]>
}

/**
 * What can be said of an application even when other parts of it are wrong, so that all of it is said at once: its
 * runtime, keys without effect or not there yet, its relationships, and the places of its mounts.
 */
export function checkApplication(section: Section, family: Family, targets: RelationshipTargets): CheckedApplication {
  reportKeys(section, APPLICATION_EFFECTS)
  checkMounts(subsection(section, 'mounts'), targets.services)
  const relationships = readRelationships(subsection(section, 'relationships'), targets)
  const workerRelationships = new Map<string, readonly RelationshipSpec[]>()
  for (const key of keysOf(subsection(section, 'workers'))) {
    const worker = subsection(section, 'workers', key)
    if (worker) reportKeys(worker, WORKER_EFFECTS)
    checkMounts(subsection(section, 'workers', key, 'mounts'), targets.services)
    const own = subsection(section, 'workers', key, 'relationships')
    if (own) workerRelationships.set(key, readRelationships(own, targets))
  }
  return { relationships, runtime: readRuntime(section, family), workerRelationships }
}

function readRuntime(section: Section, family: Family): RuntimeSpec | undefined {
  const type = subsection(section, 'type')
  if (type && (type.node.kind !== 'scalar' || typeof type.node.value !== 'string')) return undefined
  return toRuntime(type?.node.kind === 'scalar' ? String(type.node.value) : undefined, section, { family })
}
