import { expect, it } from 'vitest'
import { systemClock } from '../../../../../src/lib/core/clock.ts'
import { HoldGate } from '../../../../../src/lib/platform/edge/node/hold-gate.ts'

const held = { held: true, holdMs: 60_000 }

it('lets requests go on when their site is released or gone', async () => {
  const gate = new HoldGate(systemClock)
  let site: { held: boolean; holdMs: number } | undefined = held
  const waiting = gate.pass(() => site, new AbortController().signal)
  gate.wake()
  site = undefined
  gate.wake()
  expect(await waiting).toBe('go')
})

it('lets go of clients that are gone and of those that waited too long', async () => {
  const gate = new HoldGate(systemClock)
  const controller = new AbortController()
  const gone = gate.pass(() => held, controller.signal)
  controller.abort()
  expect(await gone).toBe('gone')
  expect(await gate.pass(() => ({ held: true, holdMs: 0 }), new AbortController().signal)).toBe('expired')
})

it('lets requests go on by itself at the end of a hold that nobody renews', async () => {
  const gate = new HoldGate(systemClock)
  const site = { held: true, heldUntil: Date.now() + 20, holdMs: 60_000 }
  expect(await gate.pass(() => site, new AbortController().signal)).toBe('go')
  expect(await gate.pass(() => site, new AbortController().signal)).toBe('go')
})

it('refuses the 10,001st', async () => {
  const gate = new HoldGate(systemClock)
  const controller = new AbortController()
  let released = false
  const site = () => ({ held: !released, holdMs: 60_000 })
  const waiting = Array.from({ length: 10_000 }, () => gate.pass(site, new AbortController().signal))
  expect(await gate.pass(site, controller.signal)).toBe('full')
  released = true
  gate.wake()
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['go']))
})
