import { addProblem, addWarning, type Section } from '../document/section.ts'
import type { MountSpec } from '../environment-spec.ts'
import { insidePath } from '../tree.ts'
import type { ServiceInput } from './schema.ts'

/** Other names would be parted from their instance, or be taken for what lies beside a volume while it is restored. */
const NAME = /^[a-z0-9][\w.-]*$/i

/** Replaced by the engine: where the application lies as its processes see it. */
const APP_DIR = '${APP_DIR}'

/**
 * A Deployment's volumes are shared by all services that name the same key; a StatefulSet's are each instance's own
 * (learn.liferay.com, "Configuring Persistent File Storage Volumes"). A mount lies inside the application, so an absolute
 * path `/opt/liferay/data` becomes `opt/liferay/data` there, and a warning names both.
 */
export function toMounts(
  name: string,
  { kind, volumes = {} }: Pick<ServiceInput, 'kind' | 'volumes'>,
  section: Section | undefined,
): MountSpec[] {
  const paths = new Map<string, string>()
  return Object.entries(volumes).flatMap(([key, absolute]) => {
    const path = insidePath(absolute)
    const other = [...paths].find(([known]) => path !== undefined && overlaps(known, path))?.[1]
    if (!section) return []
    if (!NAME.test(key)) addProblem(section, [key], { message: 'is no name for a volume: letters, digits and . _ -' })
    else if (path === undefined || path === '.') addProblem(section, [key], { message: 'must be a directory below /' })
    else if (other !== undefined)
      addProblem(section, [key], { message: `overlaps the volume "${other}": volumes cannot be nested` })
    else {
      paths.set(path, key)
      addWarning(
        section,
        [key],
        `${absolute} is ${path} inside the application's directory here, also where a variable names it`,
      )
      const own = kind === 'StatefulSet'
      return { path, source: own ? 'instance' : 'shared', sourcePath: '.', volume: own ? `${name}-${key}` : key }
    }
    return []
  })
}

/** A value that names a place in a volume by its absolute path, as it has to be said here. */
export function insideApplication(value: string, { volumes = {} }: Pick<ServiceInput, 'volumes'>): string {
  const isInside = (path: string): boolean => value === path || value.startsWith(`${path.replace(/\/$/, '')}/`)
  return Object.values(volumes).some(isInside) ? `${APP_DIR}${value}` : value
}

function overlaps(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
}
