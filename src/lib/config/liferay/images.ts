import { addWarning } from '../document/section.ts'
import type { ManagedServiceSpec } from '../environment-spec.ts'
import { inDirectory, type Tree } from '../tree.ts'
import type { ServiceFile } from './service-file.ts'

/** The database of every project, whose name its own backups and secrets rely on (learn.liferay.com, "Secrets"). */
const DATABASE = 'lportal'

/** The endpoint of the database whose user may only read (learn.liferay.com, "Database Service"). */
export const READONLY_ENDPOINT = 'readonly'

/** Services of the vendor whose work the platform does itself. */
const OWN_WORK: Readonly<Record<string, string>> = {
  backup: 'backups are made by the platform itself here (`aloft backup`)',
  jenkins: 'there is no CI service here: builds are made by `aloft deploy`',
}

/** Image -> service type (learn.liferay.com, "Platform services"). */
const MANAGED: Readonly<Record<string, string>> = {
  database: 'mysql',
  elasticsearch: 'elasticsearch',
  search: 'elasticsearch',
}

interface Image {
  readonly name: string
  readonly tag: string
}

/** The vendor's own image that a service runs; undefined for others, and beside a Dockerfile, which comes first. */
function vendorImage({ input, root }: ServiceFile, tree: Tree): Image | undefined {
  const [, name, tag = ''] = /^(?:docker\.io\/)?liferaycloud\/([a-z-]+)(?::(.+))?$/.exec(input.image ?? '') ?? []
  return name === undefined || tree.has(inDirectory(root, 'Dockerfile')) ? undefined : { name, tag }
}

/** True for a service whose work the platform does itself; a warning says so. */
export function isOwnWork(service: ServiceFile, tree: Tree): boolean {
  const reason = OWN_WORK[vendorImage(service, tree)?.name ?? '']
  if (reason === undefined || service.input.deploy === false) return false
  addWarning(service.section, ['image'], `${service.input.image} is not run: ${reason}`)
  return true
}

/** The managed service that stands for the vendor's image; a warning says what has no effect. */
export function toManagedService(service: ServiceFile, tree: Tree): ManagedServiceSpec | undefined {
  const { input, name, section } = service
  const image = vendorImage(service, tree)
  const type = image && typeOf(image)
  if (!type || input.deploy === false) return undefined
  addWarning(
    section,
    ['image'],
    `${input.image} is a managed service of type ${type} here: of this file only id and image have an effect`,
  )
  return { configuration: configurationOf(type), name, type, version: versionOf(image) }
}

function typeOf({ name, tag }: Image): string | undefined {
  const type = MANAGED[name]
  return type === 'mysql' && tag.includes('postgres') ? 'postgresql' : type
}

/** The tags of search begin with the version of its server; those of the database are the image's own. */
function versionOf({ name, tag }: Image): string | undefined {
  return MANAGED[name] === 'elasticsearch' ? /^\d+\.\d+/.exec(tag)?.[0] : undefined
}

function configurationOf(type: string): Record<string, unknown> {
  if (type === 'mysql') return { endpoints: endpoints('mysql', 'default_schema'), schemas: [DATABASE] }
  if (type === 'postgresql') return { databases: [DATABASE], endpoints: endpoints('postgresql', 'default_database') }
  return {}
}

/** The first is the service's own user. */
function endpoints(own: string, choice: 'default_database' | 'default_schema'): Record<string, unknown> {
  return {
    [own]: { [choice]: DATABASE, privileges: { [DATABASE]: 'admin' } },
    [READONLY_ENDPOINT]: { [choice]: DATABASE, privileges: { [DATABASE]: 'ro' } },
  }
}
