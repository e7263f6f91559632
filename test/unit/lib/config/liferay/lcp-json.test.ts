import { describe, expect, test } from 'vitest'
import { fixture, read, readFiles, refusal } from '../project.ts'

/** A service with a command, and these fields over it. */
function service(fields: object): string {
  return JSON.stringify({ command: ['./run'], ...fields }, undefined, 2)
}

describe('a Liferay workspace of six services', () => {
  test('is read in the order of its dependencies, for the environment asked for', async () => {
    expect(await readFiles(fixture('workspace'), 'dev')).toMatchSnapshot()
  })

  test('skips directories with a dot or a .noservice file', async () => {
    expect((await readFiles(fixture('workspace'))).files).toHaveLength(6)
  })

  test('what the platform does itself is skipped with a warning where the file deploys it', async () => {
    const spec = await readFiles(fixture('workspace'), 'infra')
    expect(spec.applications.filter(({ deploy }) => deploy)).toEqual([])
    expect(spec.warnings).toEqual([
      'ci/LCP.json: image: liferaycloud/jenkins:2.0.0 is not run: there is no CI service here: builds are made by `aloft deploy`',
    ])
  })
})

describe('LCP.json', () => {
  test('every documented field is understood', async () => {
    expect(await readFiles(fixture('every-field'))).toMatchSnapshot()
  })

  test('overrides merge deep, and replace lists whole', async () => {
    const spec = await readFiles(fixture('every-field'), 'dev')
    expect(spec.applications[0]).toMatchObject({ scale: 1, variables: { EMPTY: '', PLAIN: 'dev' } })
    expect(spec.routes.map(({ host }) => host)).toEqual(['everything.{default}', 'www.example.com'])
  })

  test('a service that is not deployed keeps its name and nothing else', async () => {
    const [application] = (await readFiles(fixture('every-field'), 'infra')).applications
    expect(application).toMatchObject({ deploy: false, mounts: [], name: 'everything' })
    expect(application?.web).toBeUndefined()
  })

  test('without an image the directory is the application', async () => {
    const spec = await read({
      'api/LCP.json': '{"id":"api","loadBalancer":{"targetPort":8080}}',
      'api/app.py': '',
      'api/requirements.txt': 'Flask==3',
      'files/LCP.json': '{"id":"files","loadBalancer":{"targetPort":80}}',
      'files/public/index.html': '',
    })
    expect(spec.applications).toMatchObject([
      { runtime: { name: 'python' }, web: { commands: { start: expect.stringContaining('flask') }, port: 8080 } },
      { runtime: { name: 'static' }, web: { commands: {}, locations: { '/': { root: 'public' } } } },
    ])
  })

  test('a variable that names a place in a volume names it where it is here', async () => {
    const spec = await read({
      'LCP.json': service({
        env: { CACHE: '/data/cache', DATA: '/data', OTHER: '/database' },
        id: 'store',
        volumes: { data: '/data' },
      }),
      'index.js': '',
      'package.json': '{"scripts":{"start":"node index.js"}}',
    })
    expect(spec.applications[0]?.variables).toEqual({
      CACHE: '${APP_DIR}/data/cache',
      DATA: '${APP_DIR}/data',
      OTHER: '/database',
    })
  })

  test('a service that listens nowhere is a worker of its own name', async () => {
    const spec = await read({
      'LCP.json': service({
        id: 'feed',
        livenessProbe: { exec: { command: ['true'] } },
        scale: 2,
        volumes: { data: '/data' },
      }),
    })
    expect(spec.routes).toEqual([])
    expect(spec.applications[0]?.web).toBeUndefined()
    expect(spec.applications[0]?.workers).toMatchObject([
      {
        mounts: [{ volume: 'data' }],
        name: 'feed',
        probes: { liveness: { check: { kind: 'exec' } } },
        scale: 2,
        start: './run',
      },
    ])
  })

  test('a Job runs after what it depends on, a CronJob by its schedule; neither has instances', async () => {
    const spec = await read({
      'batch/LCP.json': service({ id: 'batch', kind: 'Job' }),
      'tidy/LCP.json': service({ concurrencyPolicy: 'Replace', id: 'tidy', kind: 'CronJob', schedule: '0 3 * * *' }),
    })
    expect(spec.applications).toMatchObject([
      { hooks: { postDeploy: './run' }, name: 'batch', scale: 0 },
      { crons: [{ concurrency: 'replace', schedule: '0 3 * * *', start: './run' }], name: 'tidy', scale: 0 },
    ])
  })

  test('a StatefulSet has volumes of its own, Deployments share theirs by key', async () => {
    const volumes = { data: '/data' }
    const spec = await read({
      'a/LCP.json': service({ id: 'a', volumes }),
      'b/LCP.json': service({ id: 'b', volumes }),
      'c/LCP.json': service({ id: 'c', kind: 'StatefulSet', volumes }),
    })
    expect(spec.applications.map(({ mounts, strategy }) => [mounts[0]?.source, mounts[0]?.volume, strategy])).toEqual([
      ['shared', 'data', 'rolling'],
      ['shared', 'data', 'rolling'],
      ['instance', 'c-data', 'recreate'],
    ])
  })

  test('an id is lower-cased, a missing one is the directory', async () => {
    const spec = await read({ 'My-Dir/LCP.json': service({}), 'x/LCP.json': service({ id: 'Web' }) })
    expect(spec.applications.map(({ name }) => name)).toEqual(['mydir', 'web'])
    expect(spec.warnings).toEqual([
      'My-Dir/LCP.json: has no id; the service is called "mydir"',
      'x/LCP.json: id: "Web" becomes "web": ids are lower-case',
    ])
  })
})

describe('mistakes in LCP.json', () => {
  test('all problems of all files are said at once', async () => {
    expect(
      await refusal({
        'a/LCP.json': service({
          autoscale: { cpu: 0 },
          concurrencyPolicy: 'Never',
          cpu: -1,
          dependencies: 'liferay',
          env: { A: 1 },
          enviroments: {},
          id: 'a',
          kind: 'Deploment',
          loadBalancer: { targetPort: 99_999, customDomain: [] },
          readinessProbe: { exec: { command: [] }, httpGet: { path: '/', port: 80 } },
          scale: 1.5,
          volumes: { data: 'relative' },
        }),
        'b/LCP.json': service({ environments: { dev: { scale: 'two' } }, id: 'b-c' }),
        'c/LCP.json': service({ env: { LCP_CONTAINER_CPU: '1', T: '@some.token@' }, id: 'b' }),
        'd/LCP.json': service({ id: 'b', kind: 'CronJob', schedule: 'daily' }),
        'e/LCP.json': '{"id":"__PROJECT_ID__","image":"@liferay.image@"}',
        'f/LCP.json': '{"id":"empty"}',
        'g/LCP.json': service({ id: '1', volumes: { a: '/data', 'a@b~c': '/x', b: '/data/sub' } }),
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      a/LCP.json:6:5: autoscale.cpu: must be at least 1
      a/LCP.json:8:3: concurrencyPolicy: is not allowed; allowed: Allow, Forbid, Replace
      a/LCP.json:9:3: cpu: must be more than 0
      a/LCP.json:10:3: dependencies: is text; expected a list
      a/LCP.json:12:5: env.A: is a whole number; expected text
      a/LCP.json:14:3: enviroments: unknown key; did you mean "environments"? (allowed: autoscale, command, concurrencyPolicy, cpu, customDomains, dependencies, deploy, env, environments, id, image, kind, livenessProbe, loadBalancer, loadbalancer, memory, podManagementPolicy, ports, portsExternalTrafficPolicy, projectId, publishNotReadyAddressesForCluster, readinessProbe, scale, schedule, startupProbe, strategy, volumes)
      a/LCP.json:16:3: kind: is not allowed; allowed: Deployment, StatefulSet, Job, CronJob; did you mean "Deployment"?
      a/LCP.json:18:5: loadBalancer.targetPort: must be at most 65535
      a/LCP.json:19:5: loadBalancer.customDomain: unknown key; did you mean "customDomains"? (allowed: cdn, certs, customDomains, ssl, targetPort)
      a/LCP.json:21:3: readinessProbe: takes one of httpGet, exec and tcpSocket
      a/LCP.json:30:3: scale: is a number; expected a whole number
      a/LCP.json:32:5: volumes.data: must be an absolute path below /
      b/LCP.json:7:7: environments.dev.scale: is text; expected a number
      c/LCP.json:6:5: env.LCP_CONTAINER_CPU: is reserved: the platform sets it
      c/LCP.json:7:5: env.T: is a token that the build replaces: build the workspace first, then deploy its output
      d/LCP.json:5:9: id: the name "b" is there twice
      d/LCP.json:7:3: schedule: is no schedule; expected five fields: minute, hour, day, month, day of week
      e/LCP.json:1:2: id: __PROJECT_ID__ is a placeholder that the build replaces: build the workspace first
      e/LCP.json:1:24: image: @liferay.image@ is a token that the build replaces: build the workspace first, then deploy its output
      f/LCP.json:1:1: nothing to run or serve was found in f: needs a command, package.json, requirements.txt, composer.json, or index.html there or in public, dist, build, _site
      g/LCP.json:8:5: volumes["a@b~c"]: is no name for a volume: letters, digits and . _ -
      g/LCP.json:9:5: volumes.b: overlaps the volume "a": volumes cannot be nested"
    `)
  })

  test('JSON is strict, and broken JSON is shown at its place', async () => {
    expect(
      await refusal({
        'a/LCP.json': '{\n  // a comment\n  "id": "a"\n}',
        'b/LCP.json': '{\n  "id": "b",\n}',
        'c/LCP.json': '{ "dependencies": ["x",] }',
        'd/LCP.json': '{ "id": "d", "id": "e" }',
        'e/LCP.json': '{ "id": ',
        'f/LCP.json': '',
        'g/LCP.json': '[]',
        'h/LCP.json': '{} {}',
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      a/LCP.json:2:3: comments are not allowed in JSON
      b/LCP.json:3:1: a key in double quotes is expected here, or the comma before it is too much
      c/LCP.json:1:24: a value is expected here, or the comma before it is too much
      d/LCP.json:1:14: the key "id" is there twice
      e/LCP.json:1:9: a value is expected here
      f/LCP.json:1:1: a value is expected here
      g/LCP.json:1:1: is a list; expected a map
      h/LCP.json:1:4: there is more after the end of the JSON document"
    `)
  })

  test('dependencies are known, and do not go round', async () => {
    expect(
      await refusal({
        'a/LCP.json': service({ dependencies: ['b'], id: 'a' }),
        'b/LCP.json': service({ dependencies: ['liferai'], id: 'b' }),
        'l/LCP.json': service({ dependencies: ['x', 'elsewhere'], id: 'liferay' }),
        'x/LCP.json': service({ dependencies: ['liferay'], id: 'x' }),
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      b/LCP.json:6:5: dependencies[0]: there is no service "liferai"; did you mean "liferay"?
      l/LCP.json:5:3: dependencies: the services depend on each other: liferay -> x -> liferay"
    `)
  })

  test('what needs a container engine or a public address is refused by name', async () => {
    expect(
      await refusal({
        'a/Dockerfile': 'FROM scratch',
        'a/LCP.json': service({ id: 'a' }),
        'b/LCP.json': service({ id: 'b', image: 'nginx:1.27' }),
        'c/LCP.json': service({
          id: 'c',
          ports: [
            { external: true, port: 22 },
            { port: 53, protocol: 'UDP' },
          ],
        }),
      }),
    ).toMatchInlineSnapshot(`
      "usage.config-unsupported
      The project files ask for what this platform does not have yet:
      a/LCP.json:1:1: a Dockerfile beside LCP.json: container images
      b/LCP.json:6:3: image: the container image nginx:1.27
      c/LCP.json:8:7: ports[0].external: a public address for port 22
      c/LCP.json:13:7: ports[1].protocol: UDP on port 53"
    `)
  })

  test('files of different projects do not go together', async () => {
    expect(
      await refusal({
        'a/LCP.json': service({ id: 'a', projectId: 'one' }),
        'b/LCP.json': service({ id: 'b', projectId: 'two' }),
      }),
    ).toMatchInlineSnapshot(`
      "usage.config
      The project files have errors:
      b/LCP.json:6:3: projectId: differs from the one in a/LCP.json"
    `)
  })
})
