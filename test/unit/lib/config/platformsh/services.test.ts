import { describe, expect, test } from 'vitest'
import { fixture, read, readFiles, refusal } from '../project.ts'

function upsun(relationships: string, services: string): Record<string, string> {
  return {
    '.upsun/config.yaml': `applications:
  app: { type: "nodejs:22", relationships: ${relationships} }
services: ${services}
`,
  }
}

function withWorker(relationships: string): Record<string, string> {
  return {
    'aloft.yaml': `applications:
  app:
    type: shell
    relationships: { a: "db:mysql", cache: }
    workers: { queue: { commands: { start: x }, relationships: ${relationships} } }
services: { db: { type: mariadb }, cache: { type: redis } }
`,
  }
}

async function related(relationships: string, services: string): Promise<unknown> {
  return (await read(upsun(relationships, services))).applications[0]?.relationships
}

describe('managed services of the Platform.sh family', () => {
  test('keep type, version, configuration and disk, in the order of the file', async () => {
    const { services, warnings } = await readFiles(fixture('commerce'))
    expect(services.map(({ diskMb, name, type, version }) => [name, type, version, diskMb])).toEqual([
      ['mysql', 'mysql', '10.11', 5120],
      ['redis', 'redis', '7.0', undefined],
      ['session', 'redis-persistent', '7.0', 256],
      ['opensearch', 'opensearch', '2', 1024],
      ['media', 'network-storage', '2.0', 2048],
    ])
    expect(services[0]?.configuration).toMatchObject({ schemas: ['main', 'quote'] })
    expect(warnings).toContain('.magento/services.yaml: mysql.size: container sizes have no effect here')
  })

  test('may leave out their version in aloft.yaml only', async () => {
    const services = 'services: { db: { type: postgresql } }'
    const spec = await read({ 'aloft.yaml': `applications: { app: { type: shell } }\n${services}` })
    expect(spec.services).toEqual([
      { configuration: {}, diskMb: undefined, name: 'db', type: 'postgresql', version: undefined },
    ])
    expect(await refusal(upsun('{}', '{ db: { type: postgresql }, other: { type: "mysql:" } }')))
      .toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .upsun/config.yaml:3:19: services.db.type: "postgresql" names no version; expected postgresql:VERSION
      .upsun/config.yaml:3:48: services.other.type: "mysql:" names no version; expected mysql:VERSION"
    `)
  })

  test('with types, names or keys that are wrong are told about with their places', async () => {
    expect(
      await refusal({
        '.upsun/config.yaml': `applications:
  app: { type: "nodejs:22", workers: { queue: { commands: { start: x } } } }
services:
  db: { type: "postgre:15" }
  Cache: { type: "redis:7", disc: 5 }
  app: { type: "redis:7" }
  empty:
  queue: { type: "rabbitmq:4", disk: much }
`,
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .upsun/config.yaml:4:9: services.db.type: there is no service type "postgre"; did you mean "postgres"? (types: elasticsearch, mariadb, memcached, mysql, network-storage, opensearch, oracle-mysql, postgres, postgresql, rabbitmq, redis, redis-persistent, search, solr, valkey, valkey-persistent)
      .upsun/config.yaml:5:10: services.Cache: "Cache" is not a valid name: lower-case letters, digits and dashes, 1 to 40 characters, no dash at either end
      .upsun/config.yaml:5:29: services.Cache.disc: unknown key; did you mean "disk"? (allowed: access, configuration, container_profile, disk, firewall, relationships, resources, size, type)
      .upsun/config.yaml:6:8: services.app: the name "app" is there twice
      .upsun/config.yaml:7:3: services.empty.type: is required: text
      .upsun/config.yaml:8:32: services.queue.disk: is text; expected a number"
    `)
  })
})

describe('the configuration of a service', () => {
  test('is that of its type; what is wrong is told about with its place', async () => {
    const services = `
  db: { type: "postgresql:15", configuration: { databases: [main, "a b"], endpoints: { app: { privileges: { main: owner } } } } }
  sql: { type: "mysql:10.11", configuration: { schemas: [main], endpoints: { app: { default_schema: mian, privileges: { main: admin } } } } }
  cache: { type: "redis:7", configuration: { maxmemory_policy: lru } }
  queue: { type: "rabbitmq:4", configuration: { vhosts: foo } }`
    expect(await refusal(upsun('{}', services))).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .upsun/config.yaml:4:67: services.db.configuration.databases[1]: is no name; expected letters, digits, dashes and underscores, at most 63
      .upsun/config.yaml:4:109: services.db.configuration.endpoints.app.privileges.main: is not allowed; allowed: admin, rw, ro
      .upsun/config.yaml:5:85: services.sql.configuration.endpoints.app.default_schema: there is no mian among the schemas (main)
      .upsun/config.yaml:6:46: services.cache.configuration.maxmemory_policy: is not allowed; allowed: allkeys-lfu, allkeys-lru, allkeys-random, noeviction, volatile-lfu, volatile-lru, volatile-random, volatile-ttl
      .upsun/config.yaml:7:49: services.queue.configuration.vhosts: is text; expected a list"
    `)
  })

  test('may have keys without a value, and such as have no effect here', async () => {
    const db = '{ type: "postgresql:15", configuration: { databases: , endpoints: { app: }, rotate_passwords: true } }'
    expect((await read(upsun('{ db: "db:app" }', `{ db: ${db} }`))).services).toHaveLength(1)
  })
})

describe('relationships', () => {
  test.each([
    ['{ data: "db:postgresql" }', 'data'],
    ['{ data: { service: db, endpoint: postgresql } }', 'data'],
    ['{ data: { service: db } }', 'data'],
    ['{ data: { service: db, endpoint: } }', 'data'],
    ['{ db: }', 'db'],
    ['{ db: {} }', 'db'],
    ['{ db: { endpoint: postgresql } }', 'db'],
  ])('%s leads to the service and its endpoint', async (relationships, name) => {
    expect(await related(relationships, '{ db: { type: "postgresql:15" } }')).toEqual([
      { endpoint: 'postgresql', name, service: 'db' },
    ])
  })

  test.each([
    ['mysql:10.11', 'mysql'],
    ['mariadb:10.11', 'mysql'],
    ['oracle-mysql:8.0', 'mysql'],
    ['postgresql:15', 'postgresql'],
    ['redis:7.0', 'redis'],
    ['redis-persistent:7.0', 'redis'],
    ['valkey:8.0', 'valkey'],
    ['valkey-persistent:8.0', 'valkey'],
    ['memcached:1.6', 'memcached'],
    ['rabbitmq:4.0', 'rabbitmq'],
    ['elasticsearch:8.5', 'elasticsearch'],
    ['opensearch:2', 'opensearch'],
    ['solr:9.4', 'solr'],
  ])('to %s have the endpoint %s by default', async (type, endpoint) => {
    expect(await related('{ it: }', `{ it: { type: "${type}" } }`)).toEqual([{ endpoint, name: 'it', service: 'it' }])
  })

  test('reach the endpoints that the configuration defines, and no others', async () => {
    const db = '{ db: { type: "mariadb:11.4", configuration: { endpoints: { admin: {}, reader: {} } } } }'
    expect(await related('{ a: "db:reader" }', db)).toEqual([{ endpoint: 'reader', name: 'a', service: 'db' }])
    expect(await refusal(upsun('{ a: "db:readr", b: "db:mysql", db: }', db))).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .upsun/config.yaml:2:46: applications.app.relationships.a: db has no endpoint "readr"; did you mean "reader"? (endpoints: admin, reader)
      .upsun/config.yaml:2:61: applications.app.relationships.b: db has no endpoint "mysql" (endpoints: admin, reader)
      .upsun/config.yaml:2:76: applications.app.relationships.db: db has no endpoint "mysql" (endpoints: admin, reader)"
    `)
  })

  test('that lead nowhere are told about with their places', async () => {
    const services = '{ database: { type: "mariadb:11.4" }, files: { type: "network-storage:1.0" } }'
    const wrong =
      '{ a: "databse:mysql", b: database, "c d": "database:mysql", e: { servce: database }, f: "files:x", g: 5 }'
    expect(await refusal(upsun(wrong, services))).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .upsun/config.yaml:2:46: applications.app.relationships.a: there is no service "databse"; did you mean "database"? (services: database, files)
      .upsun/config.yaml:2:66: applications.app.relationships.b: is no relationship; expected "service:endpoint"
      .upsun/config.yaml:2:79: applications.app.relationships["c d"]: is no name; expected letters, digits, dashes and underscores
      .upsun/config.yaml:2:109: applications.app.relationships.e.servce: unknown key; did you mean "service"? (allowed: endpoint, service)
      .upsun/config.yaml:2:129: applications.app.relationships.f: files is a network storage: use it by a mount of source "service"
      .upsun/config.yaml:2:143: applications.app.relationships.g: is a whole number; expected text or a map"
    `)
    expect(await refusal(upsun('{ a: "db:mysql" }', '{}'))).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .upsun/config.yaml:2:46: applications.app.relationships.a: there is no service "db" (there are no services)"
    `)
  })

  test('to a service that is wrong itself say nothing more', async () => {
    expect(await refusal(upsun('{ a: "db:mysql" }', '{ db: { type: "mysq:8" } }'))).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      .upsun/config.yaml:3:19: services.db.type: there is no service type "mysq"; did you mean "mysql"? (types: elasticsearch, mariadb, memcached, mysql, network-storage, opensearch, oracle-mysql, postgres, postgresql, rabbitmq, redis, redis-persistent, search, solr, valkey, valkey-persistent)"
    `)
  })

  test('of a worker are its own where it has some, else those of its application', async () => {
    const [application] = (await read(withWorker('{ reports: "db:mysql" }'))).applications
    expect(application?.relationships?.map(({ name }) => name)).toEqual(['a', 'cache'])
    expect(application?.workers[0]?.relationships).toEqual([{ endpoint: 'mysql', name: 'reports', service: 'db' }])
    expect((await read(withWorker(''))).applications[0]?.workers[0]?.relationships).toBeUndefined()
    expect(await refusal(withWorker('{ reports: "bd:mysql" }'))).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:5:66: applications.app.workers.queue.relationships.reports: there is no service "bd"; did you mean "db"? (services: db, cache)"
    `)
  })
})

describe('a network storage', () => {
  const services = 'services: { files: { type: network-storage }, db: { type: mariadb } }'

  test('is one volume for all that mount it', async () => {
    const spec = await read({
      'aloft.yaml': `applications:
  one: { type: shell, mounts: { up: { source: service, service: files, source_path: up } } }
  two: { type: shell, mounts: { media: { source: service, service: files } } }
${services}`,
    })
    expect(spec.applications.flatMap(({ mounts }) => mounts)).toEqual([
      { path: 'up', source: 'shared', sourcePath: 'up', volume: 'files' },
      { path: 'media', source: 'shared', sourcePath: 'media', volume: 'files' },
    ])
  })

  test('has to be there, and to be one', async () => {
    expect(
      await refusal({
        'aloft.yaml': `applications:
  one:
    type: shell
    mounts: { a: { source: service, service: file }, b: { source: service, service: db }, c: { source: service } }
${services}`,
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      aloft.yaml:4:37: applications.one.mounts.a.service: there is no service "file"; did you mean "files"?
      aloft.yaml:4:76: applications.one.mounts.b.service: db is no network storage
      aloft.yaml:4:94: applications.one.mounts.c.service: is required: the name of a network storage"
    `)
  })
})
