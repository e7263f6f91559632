import { serviceTypeName, type ServiceTypeName } from '../../config/shared/service-types.ts'
import type { Service } from '../../core/model.ts'

/** Those that `aloft db` has a client for. */
const DATABASES: ReadonlySet<ServiceTypeName | undefined> = new Set([
  'mariadb',
  'postgresql',
  'redis',
  'redis-persistent',
  'valkey',
  'valkey-persistent',
])

/** Whether a tunnel may lead to it: applications have routes, and a network storage is only mounted. */
export function takesConnections(service: Service): boolean {
  return service.kind === 'managed' && typeOf(service) !== 'network-storage'
}

export function isDatabase(service: Service): boolean {
  return service.kind === 'managed' && DATABASES.has(typeOf(service))
}

/** Without the version: `postgresql:15.18`. */
function typeOf({ type }: Service): ServiceTypeName | undefined {
  return serviceTypeName(type.split(':')[0] ?? '')
}
