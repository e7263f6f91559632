import { describe, expect, test } from 'vitest'
import { fixture, read, readFiles } from '../project.ts'

function app(more: string): string {
  return `name: app\ntype: "nodejs:22"\nweb: { commands: { start: node x.js } }\n${more}`
}

async function flavor(file: string, text: string): Promise<unknown> {
  return (await read({ [file]: text, 'requirements.txt': '' })).applications[0]?.build.flavor
}

describe('a realistic .magento.app.yaml with routes', () => {
  test('is read with everything in it', async () => {
    const spec = await readFiles(fixture('commerce'))
    expect(spec).toMatchSnapshot()
  })

  test('collects variables of other prefixes in one base64 JSON variable', async () => {
    const [application] = (await readFiles(fixture('commerce'))).applications
    const json = Buffer.from(application?.variables['MAGENTO_CLOUD_VARIABLES'] ?? '', 'base64').toString()
    expect(JSON.parse(json)).toEqual({ 'd:feature': ['a', 'b'], 'php:display_errors': 0, 'php:memory_limit': '2G' })
  })
})

describe('an Upsun project of two applications', () => {
  test('merges its files, includes, aliases and names workers apart', async () => {
    expect(await readFiles(fixture('upsun-shop'))).toMatchSnapshot()
  })
})

describe('aloft.yaml', () => {
  test('the guestbook is read with our additions', async () => {
    expect(await readFiles(fixture('guestbook'))).toMatchSnapshot()
  })
})

describe('details of the family', () => {
  test('the only application is behind the default address, with https', async () => {
    const spec = await read({ '.platform.app.yaml': app('') })
    expect(spec.routes).toMatchObject([{ host: '{default}', path: '/', primary: true, scheme: 'https' }])
    expect(spec.applications[0]).toMatchObject({
      deployHookFailure: 'warns',
      strategy: 'stop-start',
      variablesPrefix: 'PLATFORM_',
      web: { port: 8888 },
    })
  })

  test('each application lies in the directory of its file, or in source.root', async () => {
    const spec = await read({
      '.platform.app.yaml': 'name: one\ntype: "nodejs:22"\nsource: { root: src/one }',
      '.platform/applications.yaml': 'two: { type: "python:3.12", source: { root: /lib } }',
      'x/.platform.app.yaml': 'name: three\ntype: "php:8.2"',
    })
    expect(spec.applications.map(({ name, root }) => [name, root])).toEqual([
      ['one', 'src/one'],
      ['two', 'lib'],
      ['three', 'x'],
    ])
  })

  test('the keys that web.locations replaced become the location /', async () => {
    const spec = await read({
      '.platform.app.yaml': `name: app
type: "php:8.2"
web: { document_root: /public, passthru: /index.php, index_files: [index.php], expires: 300, whitelist: ['\\.css$'], blacklist: ['\\.git'] }`,
    })
    expect(spec.applications[0]?.web?.locations['/']).toMatchObject({
      allow: false,
      expiresMs: 300_000,
      index: ['index.php'],
      passthru: '/index.php',
      root: 'public',
      rules: { '\\.css$': { allow: true }, '\\.git': { allow: false } },
    })
  })

  test.each([
    ['10s', 10_000],
    ['5m', 300_000],
    ['1d', 86_400_000],
    ['2w', 1_209_600_000],
    ['1M', 2_592_000_000],
    ['1y', 31_536_000_000],
    ['-1', -1],
    ['3600', 3_600_000],
  ])('expires %s is %i ms', async (expires, ms) => {
    const spec = await read({
      '.platform.app.yaml': `name: app\ntype: "nodejs:22"\nweb: { locations: { /: { root: www, expires: ${expires} } } }`,
    })
    expect(spec.applications[0]?.web?.locations['/']?.expiresMs).toBe(ms)
  })

  test('H in a schedule is a number that stays the same', async () => {
    const file = app('crons: { a: { spec: "H H(2-4) * * *", cmd: x }, b: { spec: "H/15 * * * *", cmd: x } }')
    const [first, second] = await Promise.all([1, 2].map(() => read({ '.platform.app.yaml': file })))
    const [a, b] = first?.applications[0]?.crons ?? []
    expect(a?.schedule).toMatch(/^[0-5]?\d [2-4] \* \* \*$/)
    expect(b?.schedule).toMatch(/^(\d|1[0-4])-59\/15 \* \* \* \*$/)
    expect(second?.applications[0]?.crons).toEqual(first?.applications[0]?.crons)
  })

  test('a worker that is called like an application gets its application in front', async () => {
    const spec = await read({
      '.platform.app.yaml': app('workers: { api: { commands: { start: a } }, mail: { commands: { start: b } } }'),
      'api/.platform.app.yaml': 'name: api\ntype: "nodejs:22"',
    })
    expect(spec.applications.flatMap(({ workers }) => workers.map(({ name }) => name))).toEqual(['app--api', 'mail'])
  })

  test('instance mounts make it recreate', async () => {
    const spec = await read({
      'aloft.yaml': 'applications: { a: { type: shell, strategy: rolling, mounts: { d: { source: instance } } } }',
    })
    expect(spec.applications[0]?.strategy).toBe('recreate')
  })

  test('an http route that only redirects to its https twin is left out, equal ones are joined', async () => {
    const spec = await read({
      '.platform.app.yaml': app(''),
      '.platform/routes.yaml': `
http://{default}/: { type: redirect, to: "https://{default}/" }
https://{default}/: { type: upstream, upstream: "app:http" }
http://www.{default}/: { type: upstream, upstream: "app:http" }
https://www.{default}/: { type: upstream, upstream: app, primary: true }
http://plain.{all}/x: { type: upstream, upstream: "app:php" }`,
    })
    expect(spec.routes.map(({ host, path, scheme }) => `${scheme} ${host}${path}`)).toEqual([
      'https {default}/',
      'both www.{default}/',
      'both plain.{all}/x',
    ])
  })

  test('merge keys, anchors and !include of each type are understood', async () => {
    const spec = await read({
      '.platform.app.yaml': `name: app
type: "nodejs:22"
variables:
  env: &base { A: 1, B: two }
  d: { own: !include {type: binary, path: logo.png} }
hooks: !include hooks.yaml
workers:
  one: { commands: { start: a }, variables: { env: { <<: *base, A: three } } }
web: { commands: { start: !include {type: string, path: start.sh} } }`,
      'hooks.yaml': 'deploy: !include { type: string, path: start.sh }',
      'logo.png': new Uint8Array([1, 2, 255]),
      'start.sh': 'node x.js',
    })
    const [application] = spec.applications
    expect(application).toMatchObject({ hooks: { deploy: 'node x.js' }, web: { commands: { start: 'node x.js' } } })
    expect(application?.workers[0]?.variables).toMatchObject({ A: 'three', B: 'two' })
    expect(Buffer.from(application?.variables['PLATFORM_VARIABLES'] ?? '', 'base64').toString()).toBe(
      '{"d:own":"AQL/"}',
    )
  })

  test('python dependencies are installed for aloft.yaml only', async () => {
    expect(await flavor('aloft.yaml', 'applications: { a: { type: "python:3.12" } }')).toBe('pip')
    expect(await flavor('.platform.app.yaml', 'name: a\ntype: "python:3.12"')).toBe('none')
  })
})
