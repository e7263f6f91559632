import { basename, dirname } from 'node:path'
import { redisSettings } from '../../config/shared/service-settings.ts'
import type { Located, ServiceData, ServicePlace, ServiceType } from './port.ts'
import { databaseProbes } from './probes.ts'
import { REDIS_KIT, SOCKET } from './redis/kit.ts'
import { createRdbCounter } from './redis/rdb-counter.ts'
import { readSettings } from './settings.ts'
import { acceptsUpTo, findSystemProgram, programVersion } from './versions.ts'

/*
 * Redis and what came of it, each as a cache that is empty after a restart and as a store that keeps its data
 * (docs.platform.sh, "Redis": `redis` and `redis-persistent`).
 */

interface Flavor {
  readonly product: 'redis' | 'valkey'
  readonly isPersistent: boolean
}

const TITLES = { redis: 'Redis', valkey: 'Valkey' } as const
const MEMORY_MB = 192
/** The rest is for what the server needs besides values, above all while it writes its file. */
const SHARE_OF_VALUES = 0.75

export const redisTypes: readonly ServiceType[] = [
  redisType({ isPersistent: false, product: 'redis' }),
  redisType({ isPersistent: true, product: 'redis' }),
  redisType({ isPersistent: false, product: 'valkey' }),
  redisType({ isPersistent: true, product: 'valkey' }),
]

function redisType(flavor: Flavor): ServiceType {
  const { isPersistent, product } = flavor
  return {
    aliases: [],
    backup: isPersistent
      ? { description: 'all keys, as an RDB file of one moment', kind: 'database' }
      : { description: `a cache: what must be kept belongs in a ${product}-persistent`, kind: 'none' },
    client: place => ({
      command: [program(place, 'cli'), '-h', place.host, '-p', String(place.port)],
      variables: authentication(place),
    }),
    connections: ({ credentials, hostName, port }) => [
      { endpoint: product, host: hostName, password: credentials.password, port, scheme: product },
    ],
    data: isPersistent ? dataOfKeys() : undefined,
    defaults: { diskMb: isPersistent ? 512 : 0, memoryMb: MEMORY_MB },
    kit: () => REDIS_KIT,
    launch: place => ({
      command: ['bin/start'],
      graceMs: 30_000,
      probes: databaseProbes(['bin/ready']),
      variables: { ...variablesOf(place), CONFIGURATION: configure(place, flavor) },
    }),
    locate: () => locate(product),
    name: isPersistent ? `${product}-persistent` : product,
    port: 6379,
    title: TITLES[product],
  }
}

/** Either runs where only the other is installed: they speak one protocol. */
async function locate(product: Flavor['product']): Promise<Located> {
  const other = product === 'redis' ? 'valkey' : 'redis'
  const found = findSystemProgram(`${product}-server`) ?? findSystemProgram(`${other}-server`)
  const version = found && (await programVersion(found))
  if (!found || version === undefined)
    return product === 'redis'
      ? { found: false, packages: ['redis-server'] }
      : { found: false, otherwise: 'the package valkey-server of Debian 13 or newer', packages: ['redis-server'] }
  const isOther = basename(found) !== `${product}-server`
  const title = TITLES[isOther ? other : product]
  return {
    found: true,
    instead: isOther ? 'it speaks the same protocol' : undefined,
    path: [dirname(found)],
    product: `${title} ${version}`,
    version,
  }
}

function dataOfKeys(): ServiceData {
  return {
    accepts: acceptsUpTo('Redis'),
    countCommand: place => ({ command: ['bin/count'], variables: variablesOf(place) }),
    counter: createRdbCounter,
    dump: 'redis-rdb',
    dumpCommand: place => ({
      command: [program(place, 'cli'), '-s', SOCKET, '--rdb', '-'],
      variables: authentication(place),
    }),
    extension: 'rdb',
    restoreCommand: place => ({ command: ['bin/restore'], variables: variablesOf(place) }),
    restoresStopped: true,
  }
}

function variablesOf(place: ServicePlace): Record<string, string> {
  return {
    ...authentication(place),
    CHECK: program(place, 'check-rdb'),
    CLI: program(place, 'cli'),
    SERVER: program(place, 'server'),
  }
}

function authentication({ credentials }: ServicePlace): Record<string, string> {
  return { REDISCLI_AUTH: credentials.password }
}

function program({ installed }: ServicePlace, what: 'check-rdb' | 'cli' | 'server'): string {
  return `${installed.product.startsWith(TITLES.redis) ? 'redis' : 'valkey'}-${what}`
}

/** Read by the server from stdin: the password is in no file and no argument. */
function configure(place: ServicePlace, { isPersistent }: Flavor): string {
  const policy = readSettings(place, redisSettings).maxmemory_policy ?? (isPersistent ? 'noeviction' : 'allkeys-lru')
  return [
    ...(place.isCutOff ? ['port 0'] : [`bind ${place.host}`, `port ${place.port}`]),
    `requirepass "${place.credentials.password.replaceAll(/["\\]/g, String.raw`\$&`)}"`,
    `maxmemory ${Math.floor(MEMORY_MB * SHARE_OF_VALUES)}mb`,
    `maxmemory-policy ${policy}`,
    `appendonly ${isPersistent ? 'yes' : 'no'}`,
    'save ""',
    'dir data',
    'unixsocket redis.sock',
    'unixsocketperm 700',
    // otherwise a mark is left at the end of what `--rdb -` writes
    'repl-diskless-sync no',
  ].join('\n')
}
