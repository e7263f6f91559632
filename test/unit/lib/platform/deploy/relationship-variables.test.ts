import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import type { ApplicationSpec } from '../../../../../src/lib/config/environment-spec.ts'
import { applicationService, serviceLaunch } from '../../../../../src/lib/platform/deploy/desired.ts'
import { toUrl } from '../../../../../src/lib/platform/deploy/relationship-variables.ts'
import type { Release } from '../../../../../src/lib/platform/deploy/release.ts'
import { serviceVariables } from '../../../../../src/lib/platform/deploy/variables.ts'
import type { ServiceConnection } from '../../../../../src/lib/platform/services/port.ts'
import { applicationSpec, environmentSpec, releaseOf, workerSpec } from '../../../../helpers/specs.ts'

const MARIADB: ServiceConnection = {
  endpoint: 'mysql',
  host: 'database.internal',
  ip: '127.65.3.2',
  password: 'p@ss/w:rd',
  path: 'main',
  port: 3306,
  query: { is_master: true },
  scheme: 'mysql',
  username: 'shop',
}
const SOLR: ServiceConnection = {
  endpoint: 'solr',
  host: '127.65.3.3',
  port: 8983,
  path: 'solr/products',
  scheme: 'solr',
}
const REDIS: ServiceConnection = {
  endpoint: 'redis',
  host: 'cache.internal',
  ip: '127.65.3.4',
  port: 6379,
  scheme: 'redis',
}

/** A release whose application reaches a database, a search engine and a cache. */
function releaseWith(over: Partial<ApplicationSpec>): Release {
  const application = applicationSpec('app', {
    relationships: [
      { endpoint: 'mysql', name: 'database', service: 'mysqldb' },
      { endpoint: 'solr', name: 'search', service: 'index' },
      { endpoint: 'redis', name: 'fast-cache', service: 'cache' },
      { endpoint: 'mysql', name: 'not-there', service: 'gone' },
    ],
    ...over,
  })
  const spec = {
    ...environmentSpec([application]),
    services: [
      { configuration: {}, name: 'mysqldb', type: 'mysql', version: '10.11' },
      { configuration: {}, name: 'index', type: 'solr', version: '9.4' },
      { configuration: {}, name: 'cache', type: 'redis' },
    ],
  }
  return releaseOf(spec, { relationships: { app: { database: [MARIADB], 'fast-cache': [REDIS], search: [SOLR] } } })
}

function variablesOf(over: Partial<ApplicationSpec> = {}): Record<string, string> {
  const release = releaseWith(over)
  return serviceVariables(release, applicationService(release, 'app'))
}

function decode(text: string | undefined): unknown {
  return JSON.parse(Buffer.from(text ?? '', 'base64').toString())
}

describe('PLATFORM_RELATIONSHIPS', () => {
  it('has exactly the documented fields, in lists by relationship', () => {
    const relationships = decode(variablesOf({ variablesPrefix: 'PLATFORM_' })['PLATFORM_RELATIONSHIPS'])
    expect(relationships).toEqual({
      database: [
        {
          cluster: expect.stringMatching(/^shop-main-[0-9a-f]{7}$/),
          epoch: 0,
          fragment: null,
          host: 'database.internal',
          host_mapped: false,
          hostname: 'database.internal',
          ip: '127.65.3.2',
          password: 'p@ss/w:rd',
          path: 'main',
          port: 3306,
          public: false,
          query: { is_master: true },
          rel: 'mysql',
          scheme: 'mysql',
          service: 'mysqldb',
          type: 'mysql:10.11',
          username: 'shop',
        },
      ],
      'fast-cache': [expect.objectContaining({ password: null, path: null, query: {}, type: 'redis', username: null })],
      search: [expect.objectContaining({ host: '127.65.3.3', ip: '127.65.3.3', rel: 'solr', type: 'solr:9.4' })],
    })
  })

  it.each(['PLATFORM_', 'MAGENTO_CLOUD_'] as const)('is read by the platformsh-config package as %s', async prefix => {
    const reader = fileURLToPath(new URL('./fixtures/read-relationships.cjs', import.meta.url))
    const variables = variablesOf({ variablesPrefix: prefix })
    const { stdout } = await execa(process.execPath, [reader, prefix], {
      env: { ...variables, PORT: '8888' },
      extendEnv: false,
    })
    expect(JSON.parse(stdout)).toEqual({
      database: expect.objectContaining({
        host: 'database.internal',
        password: 'p@ss/w:rd',
        port: 3306,
        username: 'shop',
      }),
      isValid: true,
      search: { core: 'products', host: '127.65.3.3', port: 8983, protocol: 'http' },
      ...(prefix === 'PLATFORM_' ? { url: 'mysql://shop:p%40ss%2Fw%3Ard@database.internal:3306/main' } : {}),
    })
  })
})

describe('variables of each relationship', () => {
  it('are those that the family documents, with an address and the usual names', () => {
    const all = Object.entries(variablesOf())
    const named = Object.fromEntries(all.filter(([name]) => /^(DATABASE|REDIS|SEARCH)_(?!CLUSTER)/.test(name)))
    expect(named).toMatchInlineSnapshot(`
      {
        "DATABASE_EPOCH": "0",
        "DATABASE_FRAGMENT": "",
        "DATABASE_HOST": "database.internal",
        "DATABASE_HOSTNAME": "database.internal",
        "DATABASE_HOST_MAPPED": "false",
        "DATABASE_IP": "127.65.3.2",
        "DATABASE_PASSWORD": "p@ss/w:rd",
        "DATABASE_PATH": "main",
        "DATABASE_PORT": "3306",
        "DATABASE_PUBLIC": "false",
        "DATABASE_QUERY": "{"is_master":true}",
        "DATABASE_REL": "mysql",
        "DATABASE_SCHEME": "mysql",
        "DATABASE_SERVICE": "mysqldb",
        "DATABASE_TYPE": "mysql:10.11",
        "DATABASE_URL": "mysql://shop:p%40ss%2Fw%3Ard@database.internal:3306/main",
        "DATABASE_USERNAME": "shop",
        "REDIS_URL": "redis://cache.internal:6379",
        "SEARCH_EPOCH": "0",
        "SEARCH_FRAGMENT": "",
        "SEARCH_HOST": "127.65.3.3",
        "SEARCH_HOSTNAME": "127.65.3.3",
        "SEARCH_HOST_MAPPED": "false",
        "SEARCH_IP": "127.65.3.3",
        "SEARCH_PASSWORD": "",
        "SEARCH_PATH": "solr/products",
        "SEARCH_PORT": "8983",
        "SEARCH_PUBLIC": "false",
        "SEARCH_QUERY": "{}",
        "SEARCH_REL": "solr",
        "SEARCH_SCHEME": "solr",
        "SEARCH_SERVICE": "index",
        "SEARCH_TYPE": "solr:9.4",
        "SEARCH_URL": "http://127.65.3.3:8983/solr/products",
        "SEARCH_USERNAME": "",
      }
    `)
    expect(variablesOf()).toMatchObject({ FAST_CACHE_HOST: 'cache.internal', FAST_CACHE_PORT: '6379' })
  })

  it('do not exist on Adobe Commerce, where only the list does', () => {
    const variables = variablesOf({ variablesPrefix: 'MAGENTO_CLOUD_' })
    expect(Object.keys(variables).filter(name => /^(DATABASE|REDIS|SEARCH|FAST)/.test(name))).toEqual([])
    expect(decode(variables['MAGENTO_CLOUD_RELATIONSHIPS'])).toHaveProperty('search')
  })

  it('give way to what the file says', () => {
    expect(variablesOf({ variables: { DATABASE_URL: 'mysql://elsewhere/db' } })['DATABASE_URL']).toBe(
      'mysql://elsewhere/db',
    )
  })

  it('of the first relationship of a kind are behind the usual names, unless a relationship is called so', () => {
    const relationships = [
      { endpoint: 'mysql', name: 'orders', service: 'mysqldb' },
      { endpoint: 'mysql', name: 'stock', service: 'mysqldb' },
    ]
    const release = {
      ...releaseWith({ relationships }),
      relationships: { app: { orders: [MARIADB], stock: [{ ...MARIADB, path: 'stock' }] } },
    }
    const variables = serviceVariables(release, applicationService(release, 'app'))
    expect(variables['DATABASE_URL']).toBe(variables['ORDERS_URL'])
    expect(variables['STOCK_URL']).toMatch(/\/stock$/)
  })
})

describe('an address for drivers', () => {
  it.each<[Partial<ServiceConnection>, string]>([
    [{ path: 'main', scheme: 'pgsql', username: 'u' }, 'postgresql://u@h:1/main'],
    [{ password: 'x y', scheme: 'valkey' }, 'redis://:x%20y@h:1'],
    [{ path: '/', scheme: 'amqp', username: 'u', password: 'p' }, 'amqp://u:p@h:1/%2F'],
    [{ path: 'solr/a b', scheme: 'solr' }, 'http://h:1/solr/a%20b'],
    [{ scheme: 'memcached' }, 'memcached://h:1'],
  ])('of %j is %s', (over, url) => {
    expect(toUrl({ endpoint: 'e', host: 'h', port: 1, scheme: 'http', ...over })).toBe(url)
  })
})

describe('a worker with relationships of its own', () => {
  it('is told of those and of no others', () => {
    const worker = workerSpec('queue', { relationships: [{ endpoint: 'redis', name: 'jobs', service: 'cache' }] })
    const before = releaseWith({ variablesPrefix: 'PLATFORM_', workers: [worker] })
    const release = { ...before, relationships: { ...before.relationships, queue: { jobs: [REDIS] } } }
    const service = { ...applicationService(release, 'app'), name: 'queue', worker }

    const variables = serviceVariables(release, service)
    expect(decode(variables['PLATFORM_RELATIONSHIPS'])).toEqual({ jobs: [expect.objectContaining({ port: 6379 })] })
    expect(variables).toMatchObject({ JOBS_HOST: 'cache.internal' })
    expect(variables).not.toHaveProperty('DATABASE_URL')
    expect(serviceLaunch(release, service).hosts).toEqual({ 'cache.internal': '127.65.3.4' })
  })
})

describe('host names', () => {
  it('are known to the processes of the application with their addresses', () => {
    const release = releaseWith({})
    expect(serviceLaunch(release, applicationService(release, 'app')).hosts).toEqual({
      'cache.internal': '127.65.3.4',
      'database.internal': '127.65.3.2',
    })
  })
})
