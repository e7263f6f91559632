import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get } from '../helpers/load.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const shown = z.object({ urls: z.array(z.string()) })

describe('the examples', () => {
  let workspace: Workspace

  beforeAll(() => {
    workspace = createWorkspace()
  })
  afterAll(() => workspace?.close())

  it('static-site is served as it lies there, without any file of ours', async () => {
    const [url] = await deploy('static-site')

    const page = await get(url)

    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
    expect((await get(new URL('/no-such-page', url).href)).status).toBe(404)
  })

  it('commerce-storefront runs its hooks, serves files and the application, and has its worker, mounts, cron and redirects', async () => {
    const urls = await deploy('commerce-storefront')
    const url = urls.find(each => each.includes('127.0.0.1')) ?? ''
    const services = z.parse(
      z.array(z.object({ name: z.string(), ready: z.number() })),
      await workspace.json(['services', ...target('commerce-storefront')]),
    )

    expect((await get(url)).body).toContain('Harbour Supplies')
    expect((await get(`${url}checkout`)).body).toContain('Choose a product')
    expect(await post(`${url}checkout`, 'sku=none')).toMatchObject({ status: 400 })
    expect((await get(`${url}old-shop`)).status).toBe(301)
    expect(services).toEqual(expect.arrayContaining([expect.objectContaining({ ready: 1 })]))
    expect(services).toHaveLength(2)
  })

  it("liferay-workspace starts its services after those they depend on, with the environment's overrides, and leaves out what is not deployed", async () => {
    await workspace.aloft(['projects', 'create', 'liferay-workspace'])
    await workspace.aloft(['environments', 'create', 'prd', '--project', 'liferay-workspace', '--type', 'production'])
    const urls = await deploy('liferay-workspace', 'prd')
    const services = z.parse(
      z.array(z.object({ name: z.string(), desired: z.number(), ready: z.number() })),
      await workspace.json(['services', ...target('liferay-workspace', 'prd')]),
    )

    expect(services.map(({ desired, name }) => `${name} ${desired}`).toSorted()).toEqual([
      'api 2',
      'catalog 1',
      'web 2',
    ])
    const api = urls.find(each => each.includes('api--')) ?? ''
    await until('the api has a catalogue', async () => (await get(`${api}products`)).status === 200)
  })

  async function deploy(example: string, environment = 'main'): Promise<[string, ...string[]]> {
    const { exitCode, stderr, stdout } = await workspace.aloft([
      'deploy',
      workspace.example(example),
      ...target(example, environment),
    ])
    expect(exitCode, stdout + stderr).toBe(0)
    const { urls } = z.parse(shown, await workspace.json(['environments', 'show', environment, '--project', example]))
    const [first, ...rest] = urls
    if (first === undefined) throw new Error(`${example} has no address`)
    return [first, ...rest]
  }
})

function target(project: string, environment = 'main'): string[] {
  return ['--project', project, '--environment', environment]
}

function post(url: string, body: string): Promise<{ status: number }> {
  const { hostname, pathname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        host: hostname,
        method: 'POST',
        path: pathname,
        port,
      },
      response => {
        response.resume()
        response.on('end', () => resolve({ status: response.statusCode ?? 0 }))
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
