import type { ApplicationSpec } from '../../config/environment-spec.ts'
import { serviceTypeName, type ServiceTypeName } from '../../config/shared/service-types.ts'
import type { ServiceConnection } from '../services/port.ts'
import { type Related, relatedServices } from './relationships.ts'
import { machineName, type Release } from './release.ts'

/** An element of `PLATFORM_RELATIONSHIPS` (docs.platform.sh, "Relationship reference" of each service). */
interface DescribedConnection {
  readonly cluster: string
  readonly epoch: 0
  readonly fragment: null
  readonly host: string
  readonly host_mapped: false
  readonly hostname: string
  readonly ip: string
  readonly password: string | null
  readonly path: string | null
  readonly port: number
  readonly public: false
  readonly query: Readonly<Record<string, unknown>>
  readonly rel: string
  readonly scheme: string
  readonly service: string
  readonly type: string
  readonly username: string | null
}

/** Relationship -> its connections, as the readers of `PLATFORM_RELATIONSHIPS` expect them. */
export function describeRelationships(
  release: Release,
  application: ApplicationSpec,
): Record<string, readonly DescribedConnection[]> {
  return Object.fromEntries(
    relatedServices(release, application).map(related => [
      related.relationship.name,
      related.connections.map(connection => describe(connection, related, release)),
    ]),
  )
}

function describe(
  connection: ServiceConnection,
  { relationship, service }: Related,
  release: Release,
): DescribedConnection {
  const { host, ip = host, password = null, path = null, port, query = {}, scheme, username = null } = connection
  const { name, type, version } = service
  return {
    cluster: `${release.project}-${machineName(release)}`,
    epoch: 0,
    fragment: null,
    host,
    host_mapped: false,
    hostname: host,
    ip,
    password,
    path,
    port,
    public: false,
    query,
    rel: relationship.endpoint,
    scheme,
    service: name,
    type: version === undefined ? type : `${type}:${version}`,
    username,
  }
}

/** What programs look for whose services have no names: the first relationship of a kind is behind these. */
const URL_NAMES: Readonly<Partial<Record<ServiceTypeName, readonly string[]>>> = {
  elasticsearch: ['SEARCH_URL'],
  mariadb: ['DATABASE_URL'],
  memcached: ['MEMCACHED_URL'],
  opensearch: ['SEARCH_URL'],
  postgresql: ['DATABASE_URL'],
  rabbitmq: ['RABBITMQ_URL', 'AMQP_URL'],
  redis: ['REDIS_URL'],
  'redis-persistent': ['REDIS_URL'],
  search: ['SEARCH_URL'],
  solr: ['SEARCH_URL'],
  valkey: ['REDIS_URL'],
  'valkey-persistent': ['REDIS_URL'],
}

/**
 * `<RELATIONSHIP>_HOST`, `_PORT`, … as docs.platform.sh has them ("Service environment variables"), our `<RELATIONSHIP>_URL`,
 * and the names that programs look for, e.g. `DATABASE_URL`. A name that comes from a relationship wins.
 */
export function relationshipVariables(release: Release, application: ApplicationSpec): Record<string, string> {
  const related = relatedServices(release, application)
  return {
    ...Object.fromEntries(related.toReversed().flatMap(usualUrls)),
    ...Object.fromEntries(related.flatMap(one => namedVariables(one, release))),
  }
}

function usualUrls({ connections: [connection], service }: Related): [string, string][] {
  const type = serviceTypeName(service.type)
  return ((type && URL_NAMES[type]) ?? []).map(name => [name, toUrl(connection)])
}

function namedVariables(related: Related, release: Release): [string, string][] {
  const [connection] = related.connections
  const prefix = related.relationship.name.toUpperCase().replaceAll('-', '_')
  const described = Object.entries(describe(connection, related, release)).map(
    ([key, value]) => [`${prefix}_${key.toUpperCase()}`, asText(value)] as [string, string],
  )
  return [...described, [`${prefix}_URL`, toUrl(connection)]]
}

function asText(value: unknown): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Schemes of the Platform.sh family by what drivers call them. */
const DRIVER_SCHEMES: Readonly<Record<string, string>> = { pgsql: 'postgresql', solr: 'http', valkey: 'redis' }

/** As drivers read it, with everything escaped that could be taken for a part of it. */
export function toUrl({ host, password, path, port, scheme, username }: ServiceConnection): string {
  const user = username === undefined ? '' : encodeURIComponent(username)
  const login = password === undefined ? user : `${user}:${encodeURIComponent(password)}`
  const directory = path === undefined ? '' : `/${encodedPath(path, scheme)}`
  return `${DRIVER_SCHEMES[scheme] ?? scheme}://${login === '' ? '' : `${login}@`}${host}:${port}${directory}`
}

/** A virtual host of AMQP is one segment, whatever is in it (rabbitmq.com, "URI spec"). */
function encodedPath(path: string, scheme: string): string {
  return scheme === 'amqp' ? encodeURIComponent(path) : path.split('/').map(encodeURIComponent).join('/')
}
