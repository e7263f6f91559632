import { describe, expect, test } from 'vitest'
import type { EnvironmentSpec } from '../../../../../src/lib/config/environment-spec.ts'
import { type Contents, read } from '../project.ts'

/** A Node application with these dependencies and files. */
function node(dependencies: readonly string[], more: Contents = {}): Promise<EnvironmentSpec> {
  return read({
    'package.json': JSON.stringify({
      dependencies: Object.fromEntries(dependencies.map(name => [name, '*'])),
      scripts: { start: 'node x.js' },
    }),
    ...more,
  })
}

function added({ services }: EnvironmentSpec): string[] {
  return services.map(({ name, type }) => `${name}: ${type}`)
}

describe('services of detected applications', () => {
  test.each([
    { dependencies: ['pg'], example: 'DATABASE_URL=\n', services: ['database: postgresql'], sign: 'an empty variable' },
    {
      dependencies: ['mysql2', 'pg'],
      example: 'export DATABASE_URL="mysql://u:p@localhost/x"',
      services: ['database: mariadb'],
      sign: 'an address',
    },
    {
      dependencies: ['ioredis', 'amqplib'],
      example: 'REDIS_URL=\nAMQP_URL=\n',
      services: ['redis: redis-persistent', 'rabbitmq: rabbitmq'],
      sign: 'a cache and a queue',
    },
    { dependencies: ['memjs'], example: "MEMCACHED_URL=''", services: ['memcached: memcached'], sign: 'Memcached' },
    { dependencies: ['pg', 'mysql2'], example: 'DATABASE_URL=', services: [], sign: 'not with two drivers' },
    {
      dependencies: ['pg'],
      example: 'DATABASE_URL=sqlite:///data.db',
      services: [],
      sign: 'not another kind of address',
    },
    { dependencies: ['pg'], example: 'DATABASE_URL=data.db', services: [], sign: 'not what is no address' },
    { dependencies: ['pg'], example: '# DATABASE_URL=postgres://localhost', services: [], sign: 'not a comment' },
    {
      dependencies: ['express'],
      example: 'DATABASE_URL=postgres://localhost/x',
      services: [],
      sign: 'not without a driver',
    },
  ])('by .env.example: $sign', async ({ dependencies, example, services }) => {
    expect(added(await node(dependencies, { '.env.example': example }))).toEqual(services)
  })

  test('by the add-ons of app.json, even without a driver', async () => {
    const addons = ['heroku-postgresql:essential-0', { as: 'CACHE', plan: 'heroku-redis:mini' }, 'papertrail', 'jawsdb']
    const spec = await node([], { 'app.json': JSON.stringify({ addons }) })
    expect(added(spec)).toEqual(['database: postgresql', 'mariadb: mariadb', 'redis: redis-persistent'])
    expect(spec.applications[0]?.relationships).toEqual([
      { endpoint: 'postgresql', name: 'database', service: 'database' },
      { endpoint: 'mysql', name: 'mariadb', service: 'mariadb' },
      { endpoint: 'redis', name: 'redis', service: 'redis' },
    ])
  })

  test.each<[string, Contents]>([
    ['requirements.txt', { 'app.py': '', 'requirements.txt': 'flask\nPsycopg2_binary==2.9 # driver' }],
    [
      'pyproject.toml',
      { 'app.py': '', 'pyproject.toml': '[project]\ndependencies = [\n  "flask",\n  "psycopg[binary]>=3",\n]\n' },
    ],
    ['composer.json', { 'composer.json': '{"require":{"ext-pdo_pgsql":"*"}}', 'index.php': '' }],
  ])('by the drivers of %s', async (_, contents) => {
    expect(added(await read({ ...contents, '.env.example': 'DATABASE_URL=' }))).toEqual(['database: postgresql'])
  })

  test('are none for optional and development packages, and for files of others', async () => {
    const spec = await read({
      '.env.example': 'DATABASE_URL=\n',
      'app.json': '{"expo": {}',
      'package.json': JSON.stringify({
        devDependencies: { pg: '*' },
        optionalDependencies: { mysql2: '*' },
        peerDependencies: { redis: '*' },
        scripts: { start: 'node x.js' },
      }),
    })
    expect(added(spec)).toEqual([])
    expect(spec.warnings).toEqual([])
  })

  test('are told about, with what to write in aloft.yaml', async () => {
    const spec = await node(['pg', 'redis'], { '.env.example': 'DATABASE_URL=' })
    expect(spec.warnings).toMatchInlineSnapshot(`
      [
        ".env.example has DATABASE_URL, and package.json has pg: PostgreSQL is added as "database"; aloft.yaml would say it: \`services: { database: { type: postgresql } }\`, and \`relationships: { database: }\` of the application",
        "package.json has redis, but no service is added; aloft.yaml would say it: \`services: { redis: { type: redis-persistent } }\`, and \`relationships: { redis: }\` of the application",
      ]
    `)
  })

  test('that are called like a worker leave it its application in front', async () => {
    const spec = await node([], {
      Procfile: 'web: node x.js\nredis: node y.js\n',
      'app.json': '{"addons":["heroku-redis"]}',
    })
    expect(added(spec)).toEqual(['redis: redis-persistent'])
    expect(spec.applications[0]?.workers.map(({ name }) => name)).toEqual(['web--redis'])
  })
})
