/** A kind of managed service as project files ask for it. The platform's catalogue has a type for each of these words. */
interface ServiceTypeWords {
  readonly aliases: readonly string[]
  /** What people call it. */
  readonly title: string
  /** The endpoint that a relationship means which names none, where it is not the word that the file uses. */
  readonly endpoint?: string | undefined
}

/** docs.platform.sh, "Available services", and `search` for whichever search engine is there. */
const SERVICE_TYPES = {
  elasticsearch: { aliases: [], title: 'Elasticsearch' },
  mariadb: { aliases: ['mysql', 'oracle-mysql'], endpoint: 'mysql', title: 'MariaDB' },
  memcached: { aliases: [], title: 'Memcached' },
  'network-storage': { aliases: [], title: 'network storage' },
  opensearch: { aliases: [], title: 'OpenSearch' },
  postgresql: { aliases: ['postgres'], endpoint: 'postgresql', title: 'PostgreSQL' },
  rabbitmq: { aliases: [], title: 'RabbitMQ' },
  redis: { aliases: [], title: 'Redis' },
  'redis-persistent': { aliases: [], endpoint: 'redis', title: 'Redis' },
  search: { aliases: [], title: 'search' },
  solr: { aliases: [], title: 'Solr' },
  valkey: { aliases: [], title: 'Valkey' },
  'valkey-persistent': { aliases: [], endpoint: 'valkey', title: 'Valkey' },
} as const satisfies Readonly<Record<string, ServiceTypeWords>>

export type ServiceTypeName = keyof typeof SERVICE_TYPES

/** Services of the Platform.sh family that are not here yet. */
export const SERVICES_ELSEWHERE = [
  'chrome-headless',
  'clickhouse',
  'gotenberg',
  'influxdb',
  'kafka',
  'mercure',
  'mongodb',
  'mongodb-enterprise',
  'varnish',
  'vault-kms',
]

/** All words that a file may use for a type. */
export const SERVICE_TYPE_WORDS: readonly string[] = Object.entries(SERVICE_TYPES)
  .flatMap(([name, { aliases }]) => [name, ...aliases])
  .toSorted()

/** The name in the catalogue of what a file calls `word`; undefined when there is no such type. */
export function serviceTypeName(word: string): ServiceTypeName | undefined {
  return typeNames().find(name => name === word || aliasesOf(name).includes(word))
}

/** The endpoint that a relationship to a service of this type means when it names none. */
export function defaultEndpoint(word: string): string {
  const name = serviceTypeName(word)
  return (name && wordsOf(name).endpoint) ?? word
}

/** What people call it: "MariaDB". */
export function serviceTitle(word: string): string {
  const name = serviceTypeName(word)
  return name ? wordsOf(name).title : word
}

function typeNames(): ServiceTypeName[] {
  return Object.keys(SERVICE_TYPES).filter(name => isTypeName(name))
}

function isTypeName(name: string): name is ServiceTypeName {
  return name in SERVICE_TYPES
}

function aliasesOf(name: ServiceTypeName): readonly string[] {
  return SERVICE_TYPES[name].aliases
}

function wordsOf(name: ServiceTypeName): ServiceTypeWords {
  return SERVICE_TYPES[name]
}
