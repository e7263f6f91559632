import type { ManagedServiceSpec } from '../../config/environment-spec.ts'
import type { InstalledService } from './port.ts'

/** What to tell when a service is not what the file asks for, naming both; undefined when it is. */
export function mismatch(
  { name, type, version }: Pick<ManagedServiceSpec, 'name' | 'type' | 'version'>,
  installed: InstalledService,
): string | undefined {
  const isOther = version !== undefined && installed.version !== '' && !isVersion(installed.version, version)
  if (!isOther && installed.instead === undefined) return undefined
  const wanted = version === undefined ? type : `${type} ${version}`
  const told = `the service ${name} asks for ${wanted} and gets ${installed.product}, which is installed`
  return installed.instead === undefined ? told : `${told}: ${installed.instead}`
}

/** `10.11.19` is a `10.11` and a `10`. */
function isVersion(version: string, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`)
}
