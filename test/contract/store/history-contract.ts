import { expect, test } from 'vitest'
import { fresh, place, type StoreMaker } from './fresh-store.ts'
import { buildOf, deploymentOf } from './records.ts'

/** Revisions, builds and deployments. */
export function history(maker: StoreMaker): void {
  test('lists revisions newest first', () => {
    const { store } = fresh(maker)
    const { environment, project } = place(store)
    const revision = { author: 'me', environment, message: '', parents: [], project, tree: 'a'.repeat(64) }
    const first = store.revisions.create(revision)
    const second = store.revisions.create({ ...revision, message: 'two', parents: [first.id] })
    store.revisions.create({ ...revision, environment: undefined })

    expect(store.revisions.list({ environment, project })).toEqual([second, first])
    expect(store.revisions.list({ limit: 1, project })).toHaveLength(1)
    expect(store.revisions.get(second.id)).toEqual(second)
  })

  test('knows a build in every project that made it', () => {
    const { store } = fresh(maker)
    const { project } = place(store)
    const other = store.projects.create({ name: 'other' }).id
    store.builds.put(buildOf(project))
    store.builds.put(buildOf(project))
    store.builds.put(buildOf(other))

    expect(store.builds.list({ project })).toHaveLength(1)
    expect(store.builds.get(project, 'b1')).toMatchObject({ path: ['node/bin'], sizeBytes: 5_000_000_000 })
    store.builds.delete(project, 'b1')
    expect(store.builds.get(project, 'b1')).toBeUndefined()
    expect(store.builds.isUsed('b1')).toBe(true)
  })

  test('makes one deployment live at a time', () => {
    const { again, store } = fresh(maker)
    const { environment, project } = place(store)
    for (const id of ['dep_1', 'dep_2', 'dep_3']) store.deployments.create(deploymentOf({ environment, id, project }))
    store.deployments.makeLive('dep_1')
    store.deployments.makeLive('dep_2')
    store.deployments.update('dep_3', { status: 'failed', urls: ['http://x'] })

    const read = again()
    expect(read.deployments.list({ environment }).map(({ id, status }) => [id, status])).toEqual([
      ['dep_3', 'failed'],
      ['dep_2', 'live'],
      ['dep_1', 'superseded'],
    ])
    expect(read.deployments.list({ before: 'dep_3', environment, limit: 1 }).map(({ id }) => id)).toEqual(['dep_2'])
    expect(read.environments.get(environment)?.deployment).toBe('dep_2')
    read.deployments.delete('dep_1')
    expect(read.deployments.list({ environment })).toHaveLength(2)
    expect(() => read.deployments.makeLive('dep_none')).toThrow(
      expect.objectContaining({ code: 'not-found.deployment' }),
    )
  })

  test('returns a deployment as it was given, and does not make it twice', () => {
    const { again, store } = fresh(maker)
    const { environment, project } = place(store)
    const given = deploymentOf({ environment, id: 'dep_1', project })
    store.deployments.create(given)
    store.deployments.makeLive('dep_1')

    expect(store.deployments.create({ ...given, message: 'again' })).toMatchObject({ message: '', status: 'live' })
    expect(again().deployments.get('dep_1')).toMatchObject(given)
  })
}
