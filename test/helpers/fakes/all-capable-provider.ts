import { PassThrough } from 'node:stream'
import { AppError } from '../../../src/lib/core/errors.ts'
import type {
  Deployment,
  Environment,
  EnvironmentRef,
  Formation,
  Project,
  Variable,
} from '../../../src/lib/core/model.ts'
import type { DeployRequest, LogRequest, Provider, SetVariables } from '../../../src/lib/providers/port.ts'
import { createFakeActivities, type FakeActivities, type Script, STARTED_AT } from './fake-activities.ts'
import { createFakeBackups, type FakeBackups } from './fake-backups.ts'
import { type FakeRemote, openFakeSession } from './fake-session.ts'

type Full = { readonly [K in keyof Omit<Provider, 'probe'>]-?: NonNullable<Provider[K]> }

export interface CapableProvider extends Full {
  readonly activities: FakeActivities
  readonly backups: FakeBackups
  /** What was asked of it. */
  readonly seen: {
    readonly deploys: DeployRequest[]
    readonly logs: LogRequest[]
    readonly scaled: (readonly Formation[])[]
    readonly variables: SetVariables[]
    readonly restarted: (readonly string[])[]
    readonly remote: FakeRemote
    closed: boolean
  }
}

export interface CapableOptions {
  readonly script?: Script
  readonly exitCode?: number | 'fail'
  readonly logBatches?: (request: LogRequest, signal: AbortSignal) => AsyncIterable<Uint8Array>
  readonly deploySupport?: Partial<Full['deploys']['support']>
}

const project: Project = { createdAt: STARTED_AT, id: 'prj_1', name: 'shop', title: 'The shop' }
const environment: Environment = {
  deployment: 'dep_2',
  id: 'env_1',
  name: 'main',
  project: 'shop',
  status: 'active',
  type: 'production',
  urls: ['http://main-shop.localhost:8080'],
}
const formation: readonly Formation[] = [
  { count: 2, cpu: 1, memoryMb: 512, service: 'web' },
  { count: 1, service: 'worker' },
]
const variable: Variable = {
  inherited: false,
  level: 'environment',
  name: 'TOKEN',
  secret: true,
  updatedAt: STARTED_AT,
  visibleAtBuild: false,
  visibleAtRuntime: true,
}

/** Every part, in memory: project `shop` with the environment `main`, its child `feature` and the services `web` and `worker`. */
export function createAllCapableProvider(options: CapableOptions = {}): CapableProvider {
  const activities = createFakeActivities(() => options.script ?? { lines: [['build', 'npm ci']] })
  const remote: FakeRemote = { opened: [], signals: [] }
  const seen: CapableProvider['seen'] = {
    closed: false,
    deploys: [],
    logs: [],
    remote,
    restarted: [],
    scaled: [],
    variables: [],
  }
  return {
    ...mandatoryParts(activities, seen),
    activities,
    backups: createFakeBackups(activities),
    deploys: {
      list: someDeployments,
      plan: async request => ({
        environment: request.environment,
        steps: [{ action: 'npm ci', phase: 'build', service: 'web' }],
        urls: environment.urls,
        warnings: ['no lock file'],
      }),
      rollback: async ({ environment: at }) => activities.start({ type: 'rollback', ...at }),
      start: async (request, { onIntake }) => {
        seen.deploys.push(request)
        onIntake?.({ bytes: 2048, files: 3, type: 'scanned' })
        return activities.start({ output: { urls: environment.urls }, type: 'deploy', ...request.environment })
      },
      support: {
        buildOnly: true,
        createsMissing: true,
        inputs: ['source', 'build'],
        plan: true,
        rollback: true,
        variables: true,
        ...options.deploySupport,
      },
    },
    logs: {
      stream: (request, { signal }) => {
        seen.logs.push(request)
        return options.logBatches?.(request, signal) ?? someLogs()
      },
      support: { follow: true, search: true, sources: ['app', 'access'] },
    },
    seen,
    scaling: {
      formation: async () => ({ fixed: ['db'], services: formation, tag: 'tag1' }),
      scale: async ({ environment: at, services }) => {
        seen.scaled.push(services)
        return activities.start({ type: 'scale', ...at })
      },
      support: { count: true, cpu: true, memory: true },
    },
    services: {
      connections: async ({ port, service = 'db' }) => ({
        connections: [
          {
            database: 'main',
            endpoint: 'postgresql',
            password: 'hush',
            url: `postgresql://main:hush@127.0.0.1:${port}/main`,
            username: 'main',
          },
        ],
        service,
        type: 'postgresql:15.18',
      }),
      list: async () => [
        {
          desired: 1,
          instances: [{ id: 'web.1', release: 'dep_1', restarts: 0, service: 'web', state: 'ready' }],
          kind: 'application',
          name: 'web',
          ready: 1,
          type: 'nodejs:22',
          urls: environment.urls,
        },
      ],
      restart: async ({ environment: at, services }) => {
        seen.restarted.push(services)
        return activities.start({ type: 'restart', ...at })
      },
      support: { restart: true, tunnel: true },
      tunnel: async () => new PassThrough(),
    },
    sessions: {
      open: async request => openFakeSession(request, remote, options.exitCode ?? 0),
      support: { exec: true, programs: true, shell: true, tty: true },
    },
    volumes: {
      list: async () => [{ bytes: 2048, files: 2, mounts: [{ path: 'data', service: 'web' }], name: 'uploads' }],
      plan: async () => ({ remove: [], send: [{ bytes: 2048, path: 'a.txt' }], unchanged: 1 }),
      transfer: async ({ volume }) => ({ bytes: 2048, files: 1, passedOver: 0, removed: 0, unchanged: 1, volume }),
    },
    variables: {
      change: async request => {
        seen.variables.push(request)
        return { activity: activities.start({ type: 'variables' }), effect: 'restarts' }
      },
      list: () => only(variable),
      plan: async () => 'restarts',
      support: { buildTime: true, levels: ['project', 'environment'], secrets: true },
    },
  }
}

function mandatoryParts(
  activities: FakeActivities,
  seen: CapableProvider['seen'],
): Pick<Full, 'auth' | 'close' | 'environments' | 'id' | 'projects' | 'refusals' | 'title'> {
  return {
    auth: {
      identity: async () => ({ account: 'fake', address: 'https://all.example', user: 'ada' }),
      revoke: async () => {},
      support: { methods: ['token'] },
    },
    close: async () => {
      seen.closed = true
    },
    environments: {
      clone: async ({ environment: name, project: of }) =>
        activities.start({ environment: name, project: of, type: 'environment.clone' }),
      create: async ({ environment: name, parent, project: of, type = 'development' }) => ({
        ...environment,
        name,
        parent,
        project: of,
        status: 'inactive',
        type,
        urls: [],
      }),
      delete: async ({ environment: name, project: of }) =>
        activities.start({ environment: name, project: of, type: 'environment.delete' }),
      get: async at => findEnvironment(at),
      list: () => only(environment),
      pause: async at => activities.start({ type: 'environment.pause', ...at }),
      resume: async at => activities.start({ type: 'environment.resume', ...at }),
      sync: async ({ environment: name, project: of }) =>
        activities.start({ environment: name, project: of, type: 'environment.sync' }),
      support: {
        belongToProject: true,
        clone: true,
        create: true,
        delete: true,
        lastBackup: true,
        parents: true,
        pause: true,
        sync: true,
        types: ['development', 'staging', 'production'],
      },
    },
    id: 'fake',
    projects: {
      create: async ({ name, title }) => ({ id: 'prj_2', name, title: title ?? name }),
      delete: async name => activities.start({ project: name, type: 'project.delete' }),
      get: async name => findProject(name),
      list: () => only(project),
      support: { create: true, delete: true },
    },
    refusals: {},
    title: 'Fake Cloud',
  }
}

function findProject(name: string | undefined): Project {
  if (name === project.name) return project
  throw new AppError('not-found.project', `there is no project ${name}`, { suggestions: ['shop'] })
}

function findEnvironment({ environment: name, project: of }: EnvironmentRef): Environment {
  findProject(of)
  if (name === environment.name) return environment
  if (name === 'feature') return { ...environment, id: 'env_2', name, parent: environment.name }
  throw new AppError('not-found.environment', `there is no environment ${name}`, { suggestions: ['main'] })
}

async function* only<T>(item: T): AsyncGenerator<T> {
  yield item
}

async function* someDeployments(): AsyncGenerator<Deployment> {
  const common = { activity: 'act_0', builds: {}, environment: 'main', message: '', urls: environment.urls }
  yield { ...common, createdAt: '2026-01-31T11:00:00.000Z', id: 'dep_2', status: 'live' }
  yield { ...common, createdAt: '2026-01-31T10:00:00.000Z', id: 'dep_1', status: 'superseded' }
}

async function* someLogs(): AsyncGenerator<Uint8Array> {
  const at = STARTED_AT
  const records = [
    {
      type: 'log',
      cursor: 'app.1',
      at,
      source: 'app',
      service: 'web',
      instance: 'web.1',
      level: 'info',
      message: 'hello',
    },
    {
      type: 'log',
      cursor: 'app.2',
      at,
      source: 'app',
      service: 'web',
      instance: 'web.1',
      level: 'error',
      message: 'say "hi"',
    },
    { type: 'end' },
  ]
  yield Buffer.from(records.map(record => `${JSON.stringify(record)}\n`).join(''))
}
