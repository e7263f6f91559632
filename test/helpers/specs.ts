import type { ApplicationSpec, EnvironmentSpec, RouteSpec, WorkerSpec } from '../../src/lib/config/environment-spec.ts'
import type { Release } from '../../src/lib/platform/deploy/release.ts'

/** A web application with nothing special; `over` says what matters to the test. */
export function applicationSpec(name: string, over: Partial<ApplicationSpec> = {}): ApplicationSpec {
  return {
    build: { dependencies: {}, flavor: 'none', variables: {} },
    crons: [],
    dependencies: [],
    deploy: true,
    deployHookFailure: 'fails',
    hooks: {},
    mounts: [],
    name,
    probes: {},
    resources: {},
    root: '.',
    runtime: { name: 'nodejs' },
    scale: 1,
    stop: { graceMs: 10_000 },
    strategy: 'rolling',
    timeZone: 'UTC',
    variables: {},
    variablesPrefix: 'ALOFT_',
    web: { commands: { start: 'node server.js' }, locations: {}, protocol: 'http', socketFamily: 'tcp' },
    workers: [],
    ...over,
  }
}

export function workerSpec(name: string, over: Partial<WorkerSpec> = {}): WorkerSpec {
  return { mounts: [], name, resources: {}, scale: 1, start: 'node worker.js', variables: {}, ...over }
}

export function routeSpec(application: string, over: Partial<RouteSpec> = {}): RouteSpec {
  return {
    host: '{default}',
    path: '/',
    primary: true,
    redirects: [],
    scheme: 'both',
    sticky: false,
    target: { application, kind: 'application' },
    ...over,
  }
}

export function environmentSpec(
  applications: readonly ApplicationSpec[],
  routes?: readonly RouteSpec[],
): EnvironmentSpec {
  const [first] = applications
  return {
    applications,
    files: ['aloft.yaml'],
    format: 'aloft',
    routes: routes ?? (first ? [routeSpec(first.name)] : []),
    services: [],
    warnings: [],
  }
}

export function releaseOf(spec: EnvironmentSpec, over: Partial<Release> = {}): Release {
  return {
    builds: Object.fromEntries(spec.applications.map(({ name }) => [name, { id: `bld_${name}`, path: [] }])),
    environment: { id: 'env_1', name: 'main', type: 'production' },
    formation: [],
    hosts: [{ host: 'shop-main.localhost', pattern: '{default}', port: 20_000 }],
    id: 'dep_1',
    project: 'shop',
    relationships: {},
    restarts: {},
    spec,
    tree: '0'.repeat(64),
    urls: ['http://shop-main.localhost:8080/'],
    variables: {},
    ...over,
  }
}
