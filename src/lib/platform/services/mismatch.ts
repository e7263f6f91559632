import type { ManagedServiceSpec } from '../../config/environment-spec.ts'
import type { InstalledService, ServiceType } from './port.ts'

/** What to tell when a service is not what the file asks for, naming both; undefined when it is. */
export function mismatch(
  { name, type: asked, version }: Pick<ManagedServiceSpec, 'name' | 'type' | 'version'>,
  { title }: Pick<ServiceType, 'title'>,
  installed: InstalledService,
): string | undefined {
  const wanted = version === undefined ? asked : `${asked} ${version}`
  if (!installed.product.toLowerCase().startsWith(title.toLowerCase()))
    return `the service ${name} asks for ${wanted} and gets ${installed.product}, which is installed: what is said to it differs`
  const isOther = version !== undefined && installed.version !== '' && !isVersion(installed.version, version)
  return isOther
    ? `the service ${name} asks for ${wanted} and gets ${installed.product}, which is installed`
    : undefined
}

/** `10.11.19` is a `10.11` and a `10`. */
function isVersion(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`)
}
