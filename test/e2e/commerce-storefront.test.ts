import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { get, startLoad } from '../helpers/load.ts'
import { findServiceType } from '../../src/lib/platform/services/catalogue.ts'
import { type NpmRegistry, startNpmRegistry } from '../helpers/npm-registry.ts'
import { urlOf } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

const TARGET = ['--project', 'shop', '--environment', 'main']
const activity = z.object({ output: z.optional(z.record(z.string(), z.unknown())) })
const activities = z.array(z.object({ id: z.string(), result: z.optional(z.string()), type: z.string() }))
const routes = z.record(
  z.string(),
  z.object({ original_url: z.string(), primary: z.boolean(), type: z.string(), upstream: z.optional(z.string()) }),
)

/** What of its services is not installed here. */
const missing = (await Promise.all(['mysql', 'redis', 'search'].map(missingPackages))).flat()
const reason = missing.length === 0 ? '' : ` (skipped: not installed: ${missing.join(', ')})`

/** One after the other: each goes on with the deployment that is live. */
describe.skipIf(missing.length > 0)(`the commerce storefront on the embedded platform${reason}`, () => {
  let registry: NpmRegistry
  let workspace: Workspace
  let source: string
  /** The port of its own, and the name. */
  let url: string
  let named: string

  beforeAll(async () => {
    registry = await startNpmRegistry()
    workspace = createWorkspace(registry.environment)
    source = workspace.example('commerce-storefront')
  })
  afterAll(async () => {
    await workspace?.close()
    await registry?.close()
  })

  it('runs the build, deploy and post-deploy hooks in that order', async () => {
    const log = await deploy()
    const { urls } = z.parse(
      z.object({ urls: z.array(z.string()) }),
      await workspace.json(['environments', 'show', 'main', '--project', 'shop']),
    )
    named = urls[0] ?? ''
    url = urls.find(each => each.startsWith('http://127.0.0.1')) ?? ''

    const places = [
      '4 product pages built',
      'the table of orders is there, 4 products can be found',
      'the site is live',
    ].map(text => log.indexOf(text))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(await inside('cat var/deploys.log')).toMatch(/^\S+ deployed\n\S+ live\n$/)
  })

  it('serves files with their expiry, and the application where there is none', async () => {
    expect((await get(url)).body).toContain('Harbour Supplies')
    expect((await get(url)).headers).not.toHaveProperty('cache-control')
    expect((await get(`${url}shop.css`)).headers).toMatchObject({
      'cache-control': 'public, max-age=300',
      'content-type': 'text/css; charset=utf-8',
    })
    expect((await get(`${url}checkout`)).body).toContain('Choose a product')
    expect(await get(`${url}no-such-page`)).toMatchObject({ body: 'there is no such page\n', status: 404 })
  })

  it('serves what the application wrote into a mount', async () => {
    await inside('echo "a harbour" > pub/media/harbour.txt')

    expect(await get(`${url}media/harbour.txt`)).toMatchObject({
      body: 'a harbour\n',
      headers: { 'cache-control': 'public, max-age=86400', 'content-type': 'text/plain; charset=utf-8' },
      status: 200,
    })
    expect((await get(`${url}media/none.txt`)).status).toBe(404)
  })

  it('follows the redirects of the routes', async () => {
    const www = named.replace('://', '://www--')

    expect(await get(`${url}old-shop`)).toMatchObject({ status: 301 })
    expect(await get(`${named}basket`)).toMatchObject({ headers: { location: `${named}checkout` }, status: 302 })
    expect(await get(`${www}products/lamp-led.html`)).toMatchObject({
      headers: { location: `${named}products/lamp-led.html` },
      status: 301,
    })
  })

  it('finds products by the words of their names', async () => {
    expect((await get(`${url}search?q=rope`)).body).toBe('rope-12 Rope, 12 mm\n')
    expect((await get(`${url}search?q=piano`)).body).toBe('nothing was found\n')
  })

  it('keeps an order in its database, and hands it to the worker through the queue', async () => {
    expect(await post(`${url}checkout`, 'sku=none')).toBe(400)
    expect(await post(`${url}checkout`, 'sku=rope-12')).toBe(201)

    await until('the worker took the order over', async () => (await orders()).startsWith('1 orders'))
    const { stdout } = await workspace.aloft(['logs', ...TARGET, '--service', 'orders', '-n', '50'])
    expect(stdout).toMatch(/order \S+: rope-12/)
  })

  it('describes itself in the variables that the clouds have', async () => {
    const variables = z.parse(
      z.record(z.string(), z.string()),
      JSON.parse(await inside('node -p "JSON.stringify(process.env)"')),
    )
    const decode = (name: string): unknown =>
      JSON.parse(Buffer.from(variables[`MAGENTO_CLOUD_${name}`] ?? '', 'base64').toString())

    expect(variables).toMatchObject({
      MAGENTO_CLOUD_APPLICATION_NAME: 'storefront',
      MAGENTO_CLOUD_BRANCH: 'main',
      MAGENTO_CLOUD_PROJECT: 'shop',
      SHOP_NAME: 'Harbour Supplies',
    })
    expect(variables['MAGENTO_CLOUD_ENVIRONMENT']).toMatch(/^main-[0-9a-f]{7}$/)
    expect(variables['MAGENTO_CLOUD_DOCUMENT_ROOT']).toBe(`${variables['MAGENTO_CLOUD_APP_DIR']}/pub`)
    expect(decode('RELATIONSHIPS')).toMatchObject({
      database: [{ path: 'main', port: 3306, rel: 'mysql', scheme: 'mysql', service: 'mysql', type: 'mysql:10.11' }],
      queue: [{ rel: 'redis', scheme: 'redis', service: 'redis', type: 'redis:7.0' }],
      search: [{ rel: 'search', scheme: 'http', service: 'search', type: 'search' }],
    })
    expect(decode('VARIABLES')).toEqual({})
    expect(decode('APPLICATION')).toMatchObject({
      mounts: { 'pub/media': { source: 'local', source_path: 'media' } },
      name: 'storefront',
      type: 'nodejs:22',
      web: { locations: { '/media': { expires: 86_400, passthru: false } } },
    })
    const told = z.parse(routes, decode('ROUTES'))
    expect(told[named]).toEqual({
      original_url: 'http://{default}/',
      primary: true,
      type: 'upstream',
      upstream: 'storefront',
    })
    expect(told[named.replace('://', '://www--')]).toMatchObject({ primary: false, type: 'redirect' })
    expect(Object.values(told).filter(({ primary }) => primary)).toHaveLength(1)
  })

  it('lets requests wait while it is changed over, loses none, and keeps what is in its mounts', async () => {
    appendFileSync(join(source, 'assets/shop.css'), '/* changed */\n')
    const file = join(source, '.magento.app.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace("'*/5 * * * *'", "'* * * * *'"))
    // they wait as long as the new release takes, which a busy machine makes longer than a request may take otherwise
    const load = startLoad(`${url}checkout`, 50, { timeoutMs: 60_000 })

    const log = await deploy()
    const { failed, sent } = await load.stop()

    expect(failed).toEqual([])
    expect(sent).toBeGreaterThan(0)
    expect(log).toContain('requests wait at the edge')
    expect((await get(`${url}shop.css`)).body).toContain('/* changed */')
    expect((await get(`${url}media/harbour.txt`)).body).toBe('a harbour\n')
    expect((await inside('cat var/deploys.log')).match(/deployed|live/g)).toEqual([
      'deployed',
      'live',
      'deployed',
      'live',
    ])
    expect(await orders()).toBe('1 orders, 1.90 EUR\n')
  })

  it('runs the cron as an activity', async () => {
    const cron = await until(
      'the cron ran',
      async () => {
        const all = z.parse(activities, await workspace.json(['activities', ...TARGET, '--type', 'cron']))
        return all.find(({ result }) => result !== undefined)
      },
      90_000,
    )

    expect(cron).toMatchObject({ result: 'success', type: 'cron' })
    expect((await workspace.aloft(['activities', 'log', cron.id])).stdout).toContain('1 orders, 1.90 EUR')
    expect(JSON.parse(await inside('cat var/report.json'))).toMatchObject({ orders: 1, turnover: 1.9 })
  })

  it('is back with its orders, media and catalogue when it was destroyed, from its backup', async () => {
    const made = z.parse(activity, await workspace.json(['backup', ...TARGET]))
    const backup = String(made.output?.['backup'])
    expect(
      (await workspace.aloft(['environments', 'delete', 'main', '--project', 'shop', '--confirm', 'main'])).exitCode,
    ).toBe(0)
    await deploy()
    url = await urlOf(workspace, 'shop')
    expect(await orders()).toBe('0 orders, 0.00 EUR\n')
    expect((await get(`${url}media/harbour.txt`)).status).toBe(404)

    const { exitCode, stderr, stdout } = await workspace.aloft(['restore', backup, '--confirm', 'main'])

    expect(exitCode, stdout + stderr).toBe(0)
    await until('it answers', async () => (await get(`${url}search?q=rope`)).status === 200)
    expect(await orders()).toBe('1 orders, 1.90 EUR\n')
    expect((await get(`${url}media/harbour.txt`)).body).toBe('a harbour\n')
    expect((await get(`${url}search?q=rope`)).body).toContain('rope-12')
  })

  /** How many the worker has done, and what they are worth. */
  function orders(): Promise<string> {
    return inside('node bin/report.js')
  }

  async function deploy(): Promise<string> {
    const { exitCode, stderr, stdout } = await workspace.aloft(['deploy', source, ...TARGET])
    expect(exitCode, stdout + stderr).toBe(0)
    return stdout + stderr
  }

  /** What a shell line prints in an instance of the web application. */
  async function inside(command: string): Promise<string> {
    const { exitCode, stderr, stdout } = await workspace.aloft([
      'exec',
      'storefront',
      ...TARGET,
      '--',
      'sh',
      '-c',
      command,
    ])
    expect(exitCode, stderr).toBe(0)
    return stdout
  }
})

async function missingPackages(type: string): Promise<readonly string[]> {
  const located = await findServiceType(type)?.locate()
  return located?.found ? [] : (located?.packages ?? [type])
}

function post(url: string, body: string): Promise<number> {
  const headers = { 'content-length': Buffer.byteLength(body), 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, method: 'POST' }, response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
