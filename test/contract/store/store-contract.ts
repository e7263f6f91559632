import { describe, expect, test } from 'vitest'
import { activities } from './activities-contract.ts'
import { fresh, place, type StoreMaker } from './fresh-store.ts'
import { history } from './history-contract.ts'
import { buildOf, deploymentOf, newActivity } from './records.ts'

/** What every store has to do. */
export function storeContract(name: string, maker: StoreMaker): void {
  describe(`${name} as a store`, () => {
    projects(maker)
    environments(maker)
    hosts(maker)
    variables(maker)
    history(maker)
    activities(maker)
    managedServices(maker)
    tokens(maker)
    settings(maker)
    transactions(maker)
  })
}

function projects(maker: StoreMaker): void {
  test('keeps projects by name', () => {
    const { again, store } = fresh(maker)
    const shop = store.projects.create({ name: 'shop', title: 'The shop' })
    const blog = store.projects.create({ name: 'blog' })

    expect(blog.title).toBe('blog')
    expect(store.projects.update(shop.id, { defaultEnvironment: 'main' }).defaultEnvironment).toBe('main')
    expect(again().projects.list()).toEqual([blog, { ...shop, defaultEnvironment: 'main' }])
  })

  test('refuses a second project of the same name and changes to none', () => {
    const { store } = fresh(maker)
    store.projects.create({ name: 'shop' })

    expect(() => store.projects.create({ name: 'shop' })).toThrow(expect.objectContaining({ code: 'conflict.exists' }))
    expect(() => store.projects.update('prj_none', { title: 'x' })).toThrow(
      expect.objectContaining({ code: 'not-found.project' }),
    )
  })

  test('deletes a project with all that is in it, but not its activities', () => {
    const { store } = fresh(maker)
    const { environment, project } = place(store)
    store.environments.create({ name: 'child', parent: environment, project, type: 'development' })
    store.hosts.assign({ environment, host: 'a.localhost', pattern: '{default}', port: 4001 })
    store.deployments.create(deploymentOf({ environment, id: 'dep_1', project }))
    store.builds.put(buildOf(project))
    const { activity } = store.activities.create(newActivity({ project: 'shop' }))

    store.projects.delete(project)
    store.projects.delete(project)

    expect(store.environments.list()).toEqual([])
    expect(store.hosts.list()).toEqual([])
    expect(store.deployments.get('dep_1')).toBeUndefined()
    expect(store.builds.isUsed('b1')).toBe(false)
    expect(store.activities.get(activity.id)?.project).toBe('shop')
  })
}

function environments(maker: StoreMaker): void {
  test('keeps environments with formation, status and type', () => {
    const { again, store } = fresh(maker)
    const { environment, project } = place(store)
    const formation = [{ count: 3, cpu: 0.5, memoryMb: 256, service: 'web' }]
    store.environments.update(environment, { formation, status: 'paused', type: 'production' })

    expect(again().environments.find(project, 'main')).toMatchObject({
      formation,
      id: environment,
      status: 'paused',
      type: 'production',
    })
  })

  test('counts generations that never repeat', () => {
    const { again, store } = fresh(maker)
    const { environment } = place(store)

    expect([store.environments.nextGeneration(environment), store.environments.nextGeneration(environment)]).toEqual([
      1, 2,
    ])
    const read = again().environments
    expect(read.nextGeneration(environment)).toBe(3)
    expect(() => read.nextGeneration('env_none')).toThrow(expect.objectContaining({ code: 'not-found.environment' }))
  })

  test('refuses doubles, unknown projects, and deleting a parent before its children', () => {
    const { store } = fresh(maker)
    const { environment, project } = place(store)
    const child = store.environments.create({ name: 'child', parent: environment, project, type: 'development' })

    expect(() => store.environments.create({ name: 'main', project, type: 'development' })).toThrow(
      expect.objectContaining({ code: 'conflict.exists' }),
    )
    expect(() => store.environments.create({ name: 'x', project: 'prj_none', type: 'development' })).toThrow(
      expect.objectContaining({ code: 'not-found.project' }),
    )
    expect(() => store.environments.delete(environment)).toThrow(
      expect.objectContaining({ code: 'conflict.has-children' }),
    )
    store.environments.delete(child.id)
    store.environments.delete(environment)
    expect(store.environments.list(project)).toEqual([])
  })
}

function hosts(maker: StoreMaker): void {
  test('gives a host and a port to one environment only', () => {
    const { store } = fresh(maker)
    const { environment, project } = place(store)
    const other = store.environments.create({ name: 'other', project, type: 'development' }).id
    const host = { environment, host: 'shop.localhost', pattern: '{default}', port: 4001 }
    store.hosts.assign(host)
    store.hosts.assign({ ...host, pattern: '{all}' })

    expect(store.hosts.list(environment)).toEqual([{ ...host, pattern: '{all}' }])
    expect(() => store.hosts.assign({ ...host, environment: other })).toThrow(
      expect.objectContaining({ code: 'conflict.exists' }),
    )
    expect(() => store.hosts.assign({ ...host, environment: other, host: 'other.localhost' })).toThrow(
      expect.objectContaining({ code: 'conflict.exists' }),
    )
    store.hosts.remove('shop.localhost')
    expect(store.hosts.find('shop.localhost')).toBeUndefined()
  })
}

function variables(maker: StoreMaker): void {
  const variable = { name: 'KEY', secret: true, value: 'hush', visibleAtBuild: false, visibleAtRuntime: true }

  test('keeps variables of a project apart from those of its environments', () => {
    const { again, store } = fresh(maker)
    const { environment, project } = place(store)
    store.variables.set({ project }, variable)
    store.variables.set({ environment, project }, { ...variable, secret: false, value: 'plain' })
    store.variables.set({ project }, { ...variable, value: 'hush 2' })

    const read = again().variables
    expect(read.list({ project })).toEqual([{ ...variable, updatedAt: expect.any(String), value: 'hush 2' }])
    expect(read.get({ environment, project }, 'KEY')).toMatchObject({ secret: false, value: 'plain' })
    expect(read.unset({ project }, 'KEY')).toBe(true)
    expect(read.unset({ project }, 'KEY')).toBe(false)
    expect(read.list({ environment, project })).toHaveLength(1)
  })
}

function managedServices(maker: StoreMaker): void {
  test('keeps the managed services of an environment, each at an address of its own, until it is deleted', () => {
    const { again, store } = fresh(maker)
    const { environment } = place(store)
    const service = {
      configuration: { schemas: ['main'] },
      credentials: { password: 'hush', username: 'main' },
      environment,
      host: '127.65.0.1',
      name: 'db',
      port: 5432,
      type: 'postgresql',
      version: '15.18',
    }
    store.managedServices.create(service)
    for (const other of [service, { ...service, name: 'other' }])
      expect(() => store.managedServices.create(other)).toThrow(expect.objectContaining({ code: 'conflict.exists' }))
    store.managedServices.update(environment, 'db', { restart: 'act_1' })
    const changed = store.managedServices.update(environment, 'db', { configuration: {}, version: '15.19' })

    const reopened = again()
    expect(reopened.managedServices.list()).toEqual([changed])
    expect(changed).toEqual({
      ...service,
      configuration: {},
      createdAt: expect.any(String),
      restart: 'act_1',
      version: '15.19',
    })
    expect(() => reopened.managedServices.update(environment, 'none', {})).toThrow(
      expect.objectContaining({ code: 'not-found.service' }),
    )
    reopened.environments.delete(environment)
    expect(reopened.managedServices.list()).toEqual([])
  })
}

function tokens(maker: StoreMaker): void {
  test('finds a token by its value until it expires or is deleted', () => {
    let now = Date.UTC(2030, 0, 1)
    const { store } = fresh(maker, () => now)
    store.tokens.create({
      expiresAt: new Date(now + 3_600_000).toISOString(),
      name: 'ci',
      project: 'shop',
      scope: 'deploy',
      value: 'secret-1',
    })
    store.tokens.create({ name: 'laptop', scope: 'write', value: 'secret-2' })

    expect(store.tokens.use('secret-1')).toMatchObject({
      lastUsedAt: new Date(now).toISOString(),
      name: 'ci',
      project: 'shop',
      scope: 'deploy',
    })
    expect(store.tokens.use('other')).toBeUndefined()
    expect(() => store.tokens.create({ name: 'ci', scope: 'read', value: 'x' })).toThrow(
      expect.objectContaining({ code: 'conflict.exists' }),
    )
    now += 3_600_000
    expect(store.tokens.use('secret-1')).toBeUndefined()
    expect(store.tokens.delete('laptop')).toBe(true)
    expect(store.tokens.use('secret-2')).toBeUndefined()
    expect(store.tokens.list().map(({ name }) => name)).toEqual(['ci'])
  })
}

function settings(maker: StoreMaker): void {
  test('keeps settings and counters', () => {
    const { again, store } = fresh(maker)
    store.settings.set('sites:b', [1])
    store.settings.set('sites:a', { host: 'x' })
    store.settings.set('other', null)
    store.settings.increment('count')

    const read = again().settings
    expect(read.list('sites:')).toEqual([
      { name: 'sites:a', value: { host: 'x' } },
      { name: 'sites:b', value: [1] },
    ])
    expect(read.increment('count')).toBe(2)
    expect(read.get('count')).toBe(2)
    expect(read.get('other')).toBeNull()
    read.delete('other')
    expect(read.get('other')).toBeUndefined()
  })
}

function transactions(maker: StoreMaker): void {
  test('writes all of a transaction or nothing, nested ones included', () => {
    const { again, store } = fresh(maker)
    const failing = (): void =>
      store.transaction(() => {
        store.projects.create({ name: 'a' })
        store.transaction(() => store.projects.create({ name: 'b' }))
        throw new Error('no')
      })

    expect(failing).toThrow('no')
    expect(store.projects.list()).toEqual([])
    expect(store.transaction(() => store.projects.create({ name: 'c' }).name)).toBe('c')
    expect(again().projects.list()).toHaveLength(1)
  })

  test('may be closed twice', () => {
    const { store } = fresh(maker)
    store.close()

    expect(() => store.close()).not.toThrow()
  })
}
