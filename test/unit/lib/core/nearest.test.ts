import { describe, expect, it } from 'vitest'
import { byDistance, distance, nearestNames } from '../../../../src/lib/core/nearest.ts'

describe('distance', () => {
  it.each([
    ['', '', 0],
    ['shop', 'shop', 0],
    ['Shop', 'shop', 0],
    ['', 'abc', 3],
    ['shpo', 'shop', 1],
    ['mian', 'main', 1],
    ['sho', 'shop', 1],
    ['shopp', 'shop', 1],
    ['ship', 'shop', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('from %j to %j is %i, both ways', (a, b, far) => {
    expect([distance(a, b), distance(b, a)]).toEqual([far, far])
  })
})

describe('nearest names', () => {
  it.each([
    ['shpo', ['web', 'shop', 'ship'], ['shop', 'ship']],
    ['env', ['environments', 'explain'], ['environments']],
    ['w', ['web', 'worker'], []],
    ['wbe', ['web', 'worker'], ['web']],
    ['nothing', ['web', 'worker'], []],
    ['a1', ['a1', 'a2', 'a3', 'a4', 'a1'], ['a1', 'a2', 'a3']],
    ['x', [], []],
  ])('of %j in %j are %j', (wanted, names, nearest) => {
    expect(nearestNames(wanted, names)).toEqual(nearest)
  })

  it('are the same without a limit, far ones last', () => {
    expect(byDistance('mian', ['production', 'main', 'man'])).toEqual(['main', 'man', 'production'])
  })
})
