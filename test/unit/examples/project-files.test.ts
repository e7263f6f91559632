import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { directoryFiles } from '../../../src/lib/config/project-files.ts'
import { readProject } from '../../../src/lib/config/read-project.ts'
import type { EnvironmentSpec } from '../../../src/lib/config/environment-spec.ts'
import type { EnvironmentType } from '../../../src/lib/core/model.ts'

test('guestbook: a web application and a worker with a database', async () => {
  const { applications, format, routes, services } = await read('guestbook')
  expect(format).toBe('aloft')
  expect(applications.map(({ name }) => name)).toEqual(['guestbook'])
  expect(applications[0]?.workers.map(({ name }) => name)).toEqual(['moderator'])
  expect(applications[0]?.relationships).toEqual([{ endpoint: 'postgresql', name: 'database', service: 'db' }])
  expect(services).toMatchObject([{ name: 'db', type: 'postgresql' }])
  expect(routes).toMatchObject([{ host: '{default}', path: '/' }])
})

test('static-site: found without any project file', async () => {
  const { applications, files, format } = await read('static-site')
  expect({ files, format }).toEqual({ files: [], format: 'detected' })
  expect(applications).toMatchObject([{ runtime: { name: 'static' } }])
})

test('commerce-storefront: services, hooks, mounts in both forms, a worker, a cron and redirects', async () => {
  const { applications, format, routes, services } = await read('commerce-storefront')
  expect(format).toBe('magento')
  expect(applications).toMatchObject([
    {
      crons: [{ name: 'report' }],
      hooks: { deploy: expect.any(String), postDeploy: expect.any(String) },
      mounts: [{ path: 'var' }, { path: 'pub/media' }],
      relationships: [{ name: 'database' }, { name: 'queue' }, { name: 'search' }],
      timeZone: 'Europe/Berlin',
      workers: [{ name: 'orders' }],
    },
  ])
  expect(services.map(({ type }) => type)).toEqual(['mysql', 'redis', 'search'])
  expect(routes.map(({ target }) => target.kind)).toEqual(['application', 'redirect'])
  expect(routes[0]?.redirects.map(({ path }) => path)).toEqual(['/old-shop', '/basket'])
})

test.each([
  ['dev', 'development', { api: 1, catalog: 1, web: 1 }],
  ['prd', 'production', { api: 2, catalog: 1, web: 2 }],
  ['infra', 'infra', { ci: 1 }],
] as const)('liferay-workspace in %s', async (environment, type, scales) => {
  const { applications } = await read('liferay-workspace', environment, type)
  const released = applications.filter(({ deploy }) => deploy)
  expect(Object.fromEntries(released.map(({ name, scale }) => [name, scale]))).toEqual(scales)
})

function read(example: string, name = 'main', type: EnvironmentType = 'development'): Promise<EnvironmentSpec> {
  const directory = fileURLToPath(new URL(`../../../examples/${example}`, import.meta.url))
  return readProject(directoryFiles(directory), { environment: { name, type }, projectName: 'demo' })
}
