import { describe, expect, test } from 'vitest'
import { read, refusal } from '../project.ts'

/** A service with a command. */
function service(fields: object): string {
  return JSON.stringify({ command: ['./run'], ...fields })
}

function image(id: string, name: string, more: object = {}): string {
  return JSON.stringify({ id, image: name, ...more })
}

describe("the vendor's own images", () => {
  test('of databases and search are managed services, which those that depend on them may reach', async () => {
    const spec = await read({
      'api/LCP.json': service({ dependencies: ['search', 'database', 'web'], id: 'api' }),
      'database/LCP.json': image('database', 'liferaycloud/database:5.8.0', { ports: [{ port: 3306 }], scale: 1 }),
      'search/LCP.json': image('search', 'liferaycloud/elasticsearch:7.17.15-5.6.0', { kind: 'StatefulSet', scale: 3 }),
      'web/LCP.json': service({ id: 'web', loadBalancer: { targetPort: 80 } }),
    })
    expect(spec.services).toMatchInlineSnapshot(`
      [
        {
          "configuration": {
            "endpoints": {
              "mysql": {
                "default_schema": "lportal",
                "privileges": {
                  "lportal": "admin",
                },
              },
              "readonly": {
                "default_schema": "lportal",
                "privileges": {
                  "lportal": "ro",
                },
              },
            },
            "schemas": [
              "lportal",
            ],
          },
          "name": "database",
          "type": "mysql",
          "version": undefined,
        },
        {
          "configuration": {},
          "name": "search",
          "type": "elasticsearch",
          "version": "7.17",
        },
      ]
    `)
    expect(
      spec.applications.map(({ dependencies, name, relationships }) => ({ dependencies, name, relationships })),
    ).toEqual([
      { dependencies: [], name: 'web', relationships: [] },
      {
        dependencies: ['web'],
        name: 'api',
        relationships: [
          { endpoint: 'mysql', name: 'database', service: 'database' },
          { endpoint: 'elasticsearch', name: 'search', service: 'search' },
        ],
      },
    ])
    expect(spec.warnings).toContain(
      'database/LCP.json: image: liferaycloud/database:5.8.0 is a managed service of type mysql here: of this file only id and image have an effect',
    )
  })

  test('of a PostgreSQL database is one', async () => {
    const spec = await read({ 'LCP.json': image('db', 'liferaycloud/database:postgresql-5.8.0') })
    const endpoint = { default_database: 'lportal' }
    expect(spec.services).toMatchObject([
      {
        configuration: {
          databases: ['lportal'],
          endpoints: {
            postgresql: { ...endpoint, privileges: { lportal: 'admin' } },
            readonly: { ...endpoint, privileges: { lportal: 'ro' } },
          },
        },
        name: 'db',
        type: 'postgresql',
      },
    ])
    expect(spec.applications).toEqual([])
  })

  test('are not looked at where the file does not deploy them', async () => {
    const spec = await read({
      'a/LCP.json': service({ dependencies: ['database'], id: 'a' }),
      'database/LCP.json': image('database', 'liferaycloud/database:5.8.0', { deploy: false }),
    })
    expect(spec.services).toEqual([])
    expect(spec.applications.find(({ name }) => name === 'a')?.relationships).toEqual([])
  })

  test('beside a Dockerfile, or of other services, still need a container engine', async () => {
    expect(
      await refusal({
        'a/Dockerfile': 'FROM liferaycloud/database:5',
        'a/LCP.json': image('a', 'liferaycloud/database:5'),
        'b/LCP.json': image('b', 'liferaycloud/nginx:5'),
        'c/LCP.json': image('c', 'example/liferaycloud/database:5'),
      }),
    ).toMatchInlineSnapshot(`
      "usage.config-unsupported
      The project files ask for what this platform does not have yet:
      a/LCP.json:1:1: a Dockerfile beside LCP.json: container images
      b/LCP.json:1:11: image: the container image liferaycloud/nginx:5
      c/LCP.json:1:11: image: the container image example/liferaycloud/database:5"
    `)
  })
})
