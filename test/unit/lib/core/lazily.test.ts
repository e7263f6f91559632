import { expect, it } from 'vitest'
import { lazily } from '../../../../src/lib/core/lazily.ts'

it('makes what it holds when it is first asked, and once, even if that is undefined', () => {
  let made = 0
  const held = lazily(() => {
    made++
    return undefined
  })
  expect(made).toBe(0)

  expect([held(), held()]).toEqual([undefined, undefined])
  expect(made).toBe(1)
})
