import { expect, test } from 'vitest'
import type { NewActivity, Store } from '../../../src/lib/platform/store/port.ts'
import { fresh, type StoreMaker } from './fresh-store.ts'
import { newActivity } from './records.ts'

export function activities(maker: StoreMaker): void {
  test('keeps an activity with its steps', () => {
    const { again, store } = fresh(maker)
    const { activity } = store.activities.create(newActivity({ input: { deep: [1, { a: null }] } }))
    store.activities.startStep(activity.id, 'one')
    store.activities.finishStep(activity.id, 'one', { made: 1 })
    store.activities.startStep(activity.id, 'two')
    store.activities.failStep(activity.id, 'two', { code: 'internal', message: 'no', suggestions: [] })
    store.activities.startStep(activity.id, 'three')
    const waiting = { answers: [{ id: 'yes', label: 'Yes' }], message: 'Sure?', reason: 'confirmation' }
    store.activities.update(activity.id, { phase: 'build', state: 'waiting', waiting, warnings: ['w'] })

    const read = again().activities.get(activity.id)
    expect(read).toMatchObject({ input: { deep: [1, { a: null }] }, phase: 'build', state: 'waiting', waiting })
    expect(read?.steps.map(({ error, name, output, state }) => [name, state, output, error?.message])).toEqual([
      ['one', 'done', { made: 1 }, undefined],
      ['two', 'failed', undefined, 'no'],
      ['three', 'running', undefined, undefined],
    ])
  })

  test('starts one activity per client key', () => {
    const { again, store } = fresh(maker)
    const request: NewActivity = newActivity({ key: 'k1', request: { tree: 'a' } })
    const first = store.activities.create(request)
    const second = again().activities.create(request)

    expect([first.created, second.created]).toEqual([true, false])
    expect(second.activity).toEqual(first.activity)
    const read = again().activities
    const other = { ...request, request: { tree: 'b' } }
    const refused = expect.objectContaining({ code: 'conflict.changed' })
    expect(read.findByKey(request)).toEqual(first.activity)
    expect(read.findByKey({ ...request, key: 'k2' })).toBeUndefined()
    expect(() => read.create(other)).toThrow(refused)
    expect(() => read.findByKey(other)).toThrow(refused)
  })

  test('lists newest first with filters and pages, and what is unfinished oldest first', () => {
    const { store } = fresh(maker, () => 0)
    const [a, b, c] = ['a', 'b', 'c'].map(type => store.activities.create(newActivity({ type })).activity.id)
    if (!a || !b || !c) throw new Error('three were made')
    store.activities.update(b, { result: 'success', state: 'finished' })

    const ids = (filter: Parameters<Store['activities']['list']>[0]): string[] =>
      store.activities.list(filter).map(({ id }) => id)
    expect(ids({})).toEqual([c, b, a])
    expect(ids({ before: c, limit: 1 })).toEqual([b])
    expect(ids({ type: 'a' })).toEqual([a])
    expect(ids({ state: 'queued' })).toEqual([c, a])
    expect(ids({ result: 'success' })).toEqual([b])
    expect(ids({ project: 'other' })).toEqual([])
    expect(store.activities.unfinished().map(({ id }) => id)).toEqual([a, b, c])
    store.activities.update(b, { logEnded: true })
    expect(store.activities.unfinished().map(({ id }) => id)).toEqual([a, c])
  })

  test('refuses to change what is not there', () => {
    const { store } = fresh(maker)
    expect(() => store.activities.update('act_none', { phase: 'x' })).toThrow(
      expect.objectContaining({ code: 'not-found.activity' }),
    )
  })
}
