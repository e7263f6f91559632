import { describe, expect, test } from 'vitest'
import { Lanes } from '../../../../../src/lib/platform/activities/lanes.ts'
import { activityRecord } from './record.ts'

const never = new AbortController().signal

/** Tells whether a promise has been kept by now. */
async function isKept(promise: Promise<void>): Promise<boolean> {
  let kept = false
  void promise.then(() => (kept = true))
  await new Promise(resolve => setImmediate(resolve))
  return kept
}

function laned(...entries: readonly [id: string, lane: string, capacity: number, preempts?: boolean][]): Lanes {
  const lanes = new Lanes()
  entries.forEach(([id, lane, capacity, preempts], sequence) =>
    lanes.add(activityRecord({ id, lanes: [{ capacity, lane, preempts }], sequence })),
  )
  return lanes
}

describe('lanes', () => {
  test('let the older one in first, even when the younger one asks first', async () => {
    const lanes = laned(['old', 'environment', 1], ['young', 'environment', 1])
    const young = lanes.enter('young', 'environment', never)
    expect(await isKept(young)).toBe(false)

    await lanes.enter('old', 'environment', never)
    expect(await isKept(young)).toBe(false)
    lanes.leave('old', 'environment')
    expect(await isKept(young)).toBe(true)
  })

  test('let as many in as the lane has room for', async () => {
    const lanes = laned(['a', 'build', 2], ['b', 'build', 2], ['c', 'build', 2])
    const [a, b, c] = ['a', 'b', 'c'].map(id => lanes.enter(id, 'build', never))

    expect(await Promise.all([a, b, c].map(entered => isKept(entered ?? Promise.resolve())))).toEqual([
      true,
      true,
      false,
    ])
    lanes.leave('b', 'build')
    expect(await isKept(c ?? Promise.reject(new Error('no c')))).toBe(true)
  })

  test('open when an older one ends without ever entering', async () => {
    const lanes = laned(['old', 'environment', 1], ['young', 'environment', 1])
    const young = lanes.ready('young', never)
    lanes.remove('old')

    expect(await isKept(young)).toBe(true)
  })

  test('let a pre-empting one pass those who wait, not those inside', async () => {
    const lanes = laned(['inside', 'e', 1], ['waiting', 'e', 1], ['rollback', 'e', 1, true])
    await lanes.enter('inside', 'e', never)
    const waiting = lanes.enter('waiting', 'e', never)
    const rollback = lanes.enter('rollback', 'e', never)
    expect(lanes.preempted('rollback')).toEqual(['inside', 'waiting'])
    expect(await isKept(rollback)).toBe(false)

    lanes.remove('inside')
    expect(await isKept(waiting)).toBe(true)
  })

  test('put one that was inside before a restart back inside', async () => {
    const lanes = new Lanes()
    lanes.add(activityRecord({ id: 'a', lanes: [{ capacity: 1, lane: 'e' }], lanesEntered: ['e'], sequence: 1 }))
    lanes.add(activityRecord({ id: 'b', lanes: [{ capacity: 1, lane: 'e', preempts: true }], sequence: 2 }))

    expect(lanes.position('a', 'e')).toBe('inside')
    expect(await isKept(lanes.enter('b', 'e', never))).toBe(false)
  })

  test('forget one that stopped waiting', async () => {
    const lanes = laned(['old', 'e', 1], ['young', 'e', 1])
    const waiting = new AbortController()
    const young = lanes.enter('young', 'e', waiting.signal)
    waiting.abort(new Error('enough'))

    await expect(young).rejects.toThrow('enough')
    await expect(lanes.enter('young', 'undeclared', never)).rejects.toThrow(TypeError)
  })
})
