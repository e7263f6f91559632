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
    const { urls } = await deploy('static-site')
    const [url] = urls

    const page = await get(url)

    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toContain('text/html')
    expect((await get(new URL('/no-such-page', url).href)).status).toBe(404)
  })

  it("liferay-workspace starts its services after those they depend on, with the environment's overrides, and leaves out what is not deployed", async () => {
    await workspace.aloft(['projects', 'create', 'liferay-workspace'])
    await workspace.aloft(['environments', 'create', 'prd', '--project', 'liferay-workspace', '--type', 'production'])
    const { log, urls } = await deploy('liferay-workspace', 'prd')
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
    expect(inOrder(log, ['catalog 0/1', 'api 0/2', 'web 0/2'])).toBe(true)
    expect(log).not.toMatch(/building ci|ci \d\/\d/)
    expect(urls.some(each => each.includes('ci--'))).toBe(false)
    expect(await variable('web', 'LCP_PROJECT_ID', 'prd')).toBe('liferay-workspace-prd')
  })

  it('liferay-workspace has the settings of its development environment there, and one instance each', async () => {
    await workspace.aloft(['environments', 'create', 'dev', '--project', 'liferay-workspace', '--type', 'development'])
    const { urls } = await deploy('liferay-workspace', 'dev')
    const web = urls.find(each => each.includes('web--')) ?? ''

    expect((await get(web)).body).toContain('Workspace shop (dev)')
    expect(await variable('catalog', 'REFRESH_SECONDS', 'dev')).toBe('5')
  })

  /** A variable as the processes of a service of liferay-workspace see it. */
  async function variable(service: string, name: string, environment: string): Promise<string> {
    const command = ['printenv', name]
    const { exitCode, stderr, stdout } = await workspace.aloft([
      'exec',
      service,
      ...target('liferay-workspace', environment),
      '--',
      ...command,
    ])
    expect(exitCode, stderr).toBe(0)
    return stdout.trim()
  }

  async function deploy(example: string, environment = 'main'): Promise<{ log: string; urls: [string, ...string[]] }> {
    const { exitCode, stderr, stdout } = await workspace.aloft([
      'deploy',
      workspace.example(example),
      ...target(example, environment),
    ])
    expect(exitCode, stdout + stderr).toBe(0)
    const { urls } = z.parse(shown, await workspace.json(['environments', 'show', environment, '--project', example]))
    const [first, ...rest] = urls
    if (first === undefined) throw new Error(`${example} has no address`)
    return { log: stdout + stderr, urls: [first, ...rest] }
  }
})

function target(project: string, environment = 'main'): string[] {
  return ['--project', project, '--environment', environment]
}

/** Whether the texts follow one another. */
function inOrder(text: string, parts: readonly string[]): boolean {
  const places = parts.map(part => text.indexOf(part))
  return places.every((place, index) => place > (places[index - 1] ?? -1))
}
