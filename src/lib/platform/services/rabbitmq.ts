import { createHash, createHmac } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ProbesSpec } from '../../config/environment-spec.ts'
import { rabbitmqSettings } from '../../config/shared/service-settings.ts'
import type { Located, ServicePlace, ServiceType } from './port.ts'
import { serviceProbes } from './probes.ts'
import { createDefinitionsCounter, ownDefinitions } from './rabbitmq/definitions.ts'
import { RABBITMQ_KIT } from './rabbitmq/kit.ts'
import { readSettings } from './settings.ts'
import { acceptsUpTo, nearest } from './versions.ts'

/** Where Debian puts one directory per version. */
const SERVERS = '/usr/lib/rabbitmq/lib'
const MEMORY_MB = 320
const SHARE_OF_MESSAGES = 0.5
const DEFAULT_VHOST = '/'
/** Between what the platform gives to applications and what systems give to clients. */
const NODE_PORTS = { count: 2_500, first: 30_000 }

export const rabbitmq: ServiceType = {
  aliases: [],
  backup: {
    description: 'definitions: virtual hosts, users, queues, exchanges, bindings, policies; messages are not in it',
    kind: 'service',
  },
  connections: ({ credentials, hostName, port }) => [
    { endpoint: 'rabbitmq', host: hostName, port, scheme: 'amqp', ...credentials },
  ],
  data: {
    accepts: acceptsUpTo('RabbitMQ'),
    countCommand: place => ({ command: ['bin/count'], variables: variablesOf(place) }),
    counter: createDefinitionsCounter,
    dump: 'rabbitmq-definitions',
    dumpCommand: place => ({ command: ['bin/dump'], variables: variablesOf(place) }),
    extension: 'json',
    restoreCommand: place => ({ command: ['bin/restore'], variables: variablesOf(place) }),
    restoresStopped: true,
  },
  defaults: { diskMb: 512, memoryMb: MEMORY_MB },
  kit: () => RABBITMQ_KIT,
  launch: place => ({
    command: ['bin/start'],
    graceMs: 20_000,
    probes: probesOf(place),
    variables: variablesOf(place),
  }),
  locate: wanted => Promise.resolve(locate(wanted)),
  name: 'rabbitmq',
  port: 5672,
  title: 'RabbitMQ',
}

function locate(wanted: string | undefined): Located {
  const found = nearest(
    listServers().map(version => ({ path: [join(SERVERS, `rabbitmq_server-${version}`, 'sbin')], version })),
    wanted,
  )
  return found
    ? { found: true, ...found, product: `RabbitMQ ${found.version}` }
    : { found: false, packages: ['rabbitmq-server'] }
}

function listServers(): string[] {
  try {
    return readdirSync(SERVERS).flatMap(name => /^rabbitmq_server-(\d+(?:\.\d+)+)$/.exec(name)?.[1] ?? [])
  } catch {
    return []
  }
}

/** A copy that nothing reaches is ready when it has told what it has. */
function probesOf({ host, isCutOff, port }: ServicePlace): ProbesSpec {
  return serviceProbes(
    isCutOff ? { command: ['test', '-e', 'data/counts'], kind: 'exec' } : { host, kind: 'tcp', port },
  )
}

function variablesOf(place: ServicePlace): Record<string, string> {
  const { credentials, host, isCutOff, port } = place
  const vhosts = readSettings(place, rabbitmqSettings).vhosts ?? []
  return {
    COOKIE: createHmac('sha256', credentials.password).update('erlang cookie').digest('hex'),
    DEFINITIONS: ownDefinitions(place, [...new Set([DEFAULT_VHOST, ...vhosts])]),
    DIST_HOST: host,
    DIST_PORT: String(nodePort(place)),
    DIST_TUPLE: `{${host.replaceAll('.', ',')}}`,
    IS_CUT_OFF: isCutOff ? 'yes' : 'no',
    LISTEN_PORT: String(port),
    MEMORY_MB: `${MEMORY_MB * SHARE_OF_MESSAGES}MB`,
  }
}

/**
 * Where its node is reached. It follows from the address, and hardly any two have the same: the server refuses one at which
 * anything of the machine listens, be it on another address (rabbit_prelaunch_dist.erl, `dist_port_use_check`).
 */
function nodePort({ host, port }: ServicePlace): number {
  const hash = createHash('sha256').update(`${host}:${port}`).digest().readUInt32BE()
  return NODE_PORTS.first + (hash % NODE_PORTS.count)
}
