import { AppError } from '../../../src/lib/core/errors.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import type { Activity, Environment, EnvironmentRef, Project } from '../../../src/lib/core/model.ts'
import type { Activities, Call, Deploys, Environments, Projects, Provider } from '../../../src/lib/providers/port.ts'

/*
 * A stateful cloud of the shape of OutSystems' LifeTime: environments belong to the infrastructure and cannot be made by
 * API, what is deployed is a version of an application that runs in another environment, a deployment is a plan that
 * waits for answers in the middle, progress is polled, and there are no logs of applications.
 */

interface Plan {
  activity: Activity
  readonly key: string | undefined
  readonly log: string[]
}

export interface LifetimeFake {
  readonly provider: Provider
  /** Application -> environment -> running version. */
  readonly running: Map<string, Map<string, string>>
}

export function createLifetimeProvider(): LifetimeFake {
  const running = new Map([['Orders', new Map([['Development', '1.4']])]])
  const plans = new Map<string, Plan>()
  const provider: Provider = {
    activities: activities(plans, running),
    auth: {
      identity: async () => ({ account: 'acme', address: 'https://acme-lt.example', user: 'service-account' }),
      revoke: async () => {},
      support: { methods: ['token'] },
    },
    close: async () => {},
    deploys: deploys(plans),
    environments: environments(),
    id: 'lifetime-fake',
    projects: projects(running),
    refusals: {
      backups: { instead: ['open a support case'], reason: 'databases are backed up by the vendor; there is no API' },
      logs: { instead: ['Service Center > Monitoring'], reason: 'application logs are not readable through an API' },
      members: { instead: [], reason: 'not offered' },
      metrics: { instead: [], reason: 'not offered' },
      network: { instead: [], reason: 'not offered' },
      routes: { instead: [], reason: 'not offered' },
      scaling: { instead: ['open a support case'], reason: 'front ends are added by the vendor' },
      services: { instead: [], reason: 'not offered' },
      volumes: { instead: [], reason: 'not offered' },
      sessions: { instead: [], reason: 'there is no shell on servers' },
      variables: { instead: ['site properties in Service Center'], reason: 'not offered' },
      vpn: { instead: ['LifeTime > Environments > Options'], reason: 'VPNs are managed in the portal' },
    },
    title: 'LifeTime-shaped fake',
  }
  return { provider, running }
}

function projects(running: LifetimeFake['running']): Projects {
  return {
    create: async () => refuse('applications are created in Service Studio'),
    delete: async () => refuse('applications are deleted in LifeTime'),
    async get(name, { signal }) {
      signal.throwIfAborted()
      if (running.has(name)) return toProject(name)
      throw new AppError('not-found.project', `there is no application "${name}"`, { suggestions: [...running.keys()] })
    },
    async *list() {
      yield* [...running.keys()].map(toProject)
    },
    support: { create: false, delete: false },
  }
}

function environments(): Environments {
  const all: readonly Environment[] = [
    { id: 'e1', name: 'Development', status: 'active', type: 'development', urls: ['https://dev.example'] },
    { id: 'e2', name: 'Production', status: 'active', type: 'production', urls: ['https://prod.example'] },
  ]
  return {
    clone: async () => refuse('adding an environment is part of the subscription order'),
    create: async () => refuse('adding an environment is part of the subscription order'),
    delete: async () => refuse('removing an environment is part of the subscription order'),
    async get({ environment }) {
      const found = all.find(({ name }) => name === environment)
      if (found) return found
      throw new AppError('not-found.environment', `there is no environment "${environment}"`, {
        suggestions: all.map(({ name }) => name),
      })
    },
    async *list() {
      yield* all
    },
    pause: async () => refuse('environments are stopped by their owner'),
    resume: async () => refuse('environments are started by their owner'),
    sync: async () => refuse('applications are brought by a deployment plan'),
    support: {
      belongToProject: false,
      clone: false,
      create: false,
      delete: false,
      lastBackup: false,
      parents: false,
      pause: false,
      sync: false,
      types: ['development', 'production'],
    },
  }
}

function deploys(plans: Map<string, Plan>): Deploys {
  return {
    async *list() {},
    plan: async () => refuse('plans are validated when they are created'),
    rollback: async () => refuse('deploy an older version instead'),
    async start({ environment, input }, { key }: Call) {
      if (input.kind !== 'versions') return refuse('only versions of applications can be deployed')
      const known = [...plans.values()].find(plan => key !== undefined && plan.key === key)
      if (known) return known.activity
      const activity: Activity = {
        createdAt: new Date().toISOString(),
        createdBy: 'service-account',
        description: `deploy ${input.versions.map(({ application }) => application).join(', ')}`,
        environment: environment.environment,
        id: createId('act'),
        state: 'running',
        type: 'deploy',
      }
      plans.set(activity.id, { activity, key, log: ['Uploading modules', 'Performing impact analysis'] })
      return activity
    },
    support: {
      buildOnly: false,
      createsMissing: false,
      inputs: ['versions'],
      plan: false,
      rollback: false,
      variables: false,
    },
  }
}

function activities(plans: Map<string, Plan>, running: LifetimeFake['running']): Activities {
  const find = (id: string): Plan => {
    const plan = plans.get(id)
    if (plan) return plan
    throw new AppError('not-found.activity', `there is no deployment plan "${id}"`)
  }
  return {
    async answer(id, answer) {
      const plan = find(id)
      if (plan.activity.state !== 'waiting') throw new AppError('conflict.not-waiting', 'the plan is not waiting')
      const { waiting: _, ...rest } = plan.activity
      const result = answer === 'continue' ? 'success' : 'cancelled'
      plan.log.push(answer === 'continue' ? 'Deploy completed' : 'Deploy aborted')
      plan.activity = { ...rest, finishedAt: new Date().toISOString(), result, state: 'finished' }
      if (result === 'success') running.get('Orders')?.set(plan.activity.environment ?? '', '1.4')
      return plan.activity
    },
    async cancel(id) {
      const plan = find(id)
      if (plan.activity.state === 'finished') throw new AppError('conflict.finished', 'the plan is finished')
      plan.activity = { ...plan.activity, result: 'cancelled', state: 'finished' }
      return plan.activity
    },
    async get(id) {
      const plan = find(id)
      // The first poll after the start finds it prepared: the second stage waits for a person.
      if (plan.activity.state === 'running') {
        const answers = [
          { id: 'continue', label: 'run it' },
          { id: 'abort', label: 'abort the plan' },
        ]
        plan.activity = {
          ...plan.activity,
          state: 'waiting',
          waiting: { answers, message: 'the first stage is done', reason: 'deployment_prepared' },
        }
      }
      return plan.activity
    },
    async *list({ limit }) {
      yield* [...plans.values()]
        .map(({ activity }) => activity)
        .toReversed()
        .slice(0, limit)
    },
    async *log(id) {
      const { activity, log } = find(id)
      for (const [index, message] of log.entries()) {
        yield { at: activity.createdAt, cursor: `${id}.${index + 1}`, level: 'info', message, source: id, type: 'log' }
      }
      yield { result: activity.result, state: activity.state, type: 'end' }
    },
    support: { answer: true, cancel: true, log: 'poll' },
  }
}

function refuse(message: string): never {
  throw new AppError('unsupported.option', message)
}

/** Where the fake can be deployed to. */
export const LIFETIME_ENVIRONMENT: EnvironmentRef = { environment: 'Production' }

function toProject(name: string): Project {
  return { id: name.toLowerCase(), name, title: name }
}
