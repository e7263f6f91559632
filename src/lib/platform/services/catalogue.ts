import { mariadb } from './mariadb.ts'
import { memcached } from './memcached.ts'
import { networkStorage } from './network-storage.ts'
import { postgresql } from './postgresql.ts'
import type { ServiceType } from './port.ts'
import { rabbitmq } from './rabbitmq.ts'
import { redisTypes } from './redis.ts'
import { searchTypes } from './search.ts'

/** All types of managed services, in the order people read them. */
export const SERVICE_TYPES: readonly ServiceType[] = [
  postgresql,
  mariadb,
  ...redisTypes,
  memcached,
  rabbitmq,
  ...searchTypes(process.env),
  networkStorage,
]

/** By the name or another word for it, as files call it without the version. */
export function findServiceType(name: string): ServiceType | undefined {
  return SERVICE_TYPES.find(type => type.name === name || type.aliases.includes(name))
}
