import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../../src/lib/core/errors.ts'
import { abortable, environmentLane, finished, gate, handler, request, until, workbench } from './workbench.ts'

const coded = (code: string) => expect.objectContaining({ code })

describe('after a restart', () => {
  test('an activity goes on at the step that was running; what is done is not done again', async () => {
    const runs: string[] = []
    const steps = (door: Promise<void>) =>
      handler('deploy', async context => {
        const one = await context.step('one', () => {
          runs.push('one')
          return { id: 7 }
        })
        await context.step('two', async () => {
          runs.push('two')
          await door
        })
        return { output: one }
      })
    const first = await workbench([steps(new Promise(() => undefined))])
    const { id } = first.activities.start(request('deploy'))
    await until(first.activities, id, () => runs.includes('two'))

    const second = await first.restart([steps(Promise.resolve())], 0)
    expect(await finished(second.activities, id)).toMatchObject({ output: { id: 7 }, result: 'success' })
    expect(runs).toEqual(['one', 'two', 'two'])
  })

  test('a failed step fails again without running', async () => {
    let runs = 0
    const failing = (undo: Promise<void>) =>
      handler('deploy', async context => {
        try {
          await context.step('health', () => {
            runs++
            throw new AppError('failed.health', 'never ready')
          })
        } catch (error) {
          await undo
          throw error
        }
      })
    const first = await workbench([failing(new Promise(() => undefined))])
    const { id } = first.activities.start(request('deploy'))
    await until(first.activities, id, ({ steps }) => steps?.[0]?.state === 'failed')

    const second = await first.restart([failing(Promise.resolve())], 0)
    expect(await finished(second.activities, id)).toMatchObject({ error: { code: 'failed.health' }, result: 'failure' })
    expect(runs).toBe(1)
  })

  test('a check that passed is made again, one that failed is not', async () => {
    const runs: string[] = []
    const checking = (door: Promise<void>) =>
      handler('deploy', async context => {
        await context.check('ready', () => void runs.push('ready'))
        try {
          await context.check('healthy', () => {
            runs.push('healthy')
            throw new AppError('failed.health', 'never ready')
          })
        } finally {
          await door
        }
      })
    const first = await workbench([checking(new Promise(() => undefined))])
    const { id } = first.activities.start(request('deploy'))
    await until(first.activities, id, ({ steps }) => steps?.[1]?.state === 'failed')

    const second = await first.restart([checking(Promise.resolve())], 0)
    expect(await finished(second.activities, id)).toMatchObject({ error: { code: 'failed.health' }, result: 'failure' })
    expect(runs).toEqual(['ready', 'healthy', 'ready'])
  })

  test('a cancelled one is undone from where it was, inside its lane', async () => {
    const seen: string[] = []
    const deploy = (undo: Promise<void>) =>
      handler('deploy', context =>
        context.inLane('environment:e', async () => {
          try {
            await context.step('start', () => void seen.push('start'))
            await context.step('health', () => abortable(new Promise(() => undefined), context.signal))
          } catch (error) {
            seen.push('undo')
            await undo
            throw error
          }
        }),
      )
    const first = await workbench([deploy(new Promise(() => undefined))])
    const { id } = first.activities.start(request('deploy', { input: environmentLane }))
    await until(first.activities, id, ({ steps }) => steps?.length === 2)
    first.activities.cancel(id)
    await expect.poll(() => seen).toContain('undo')

    const second = await first.restart([deploy(Promise.resolve())], 0)
    expect(await finished(second.activities, id)).toMatchObject({ result: 'cancelled' })
    expect(seen).toEqual(['start', 'undo', 'undo'])
  })

  test('one that must not be taken up again, or that nobody knows any more, has failed', async () => {
    const hanging = handler('cron', () => new Promise(() => undefined), { onInterrupted: 'fail' })
    const old = handler('old', () => new Promise(() => undefined))
    const first = await workbench([hanging, old])
    const ids = ['cron', 'old'].map(type => first.activities.start(request(type)).id)
    for (const id of ids) await until(first.activities, id, ({ state }) => state === 'running')

    const second = await first.restart([hanging], 0)
    for (const id of ids) {
      expect(await finished(second.activities, id)).toMatchObject({
        error: { code: 'failed.interrupted' },
        result: 'failure',
      })
      await expect.poll(() => second.log(id).ended).toBe(true)
    }
  })

  test('queued ones run in the order of their creation', async () => {
    const order: string[] = []
    const hanging = handler('deploy', context => context.inLane('environment:e', () => new Promise(() => undefined)))
    const first = await workbench([hanging])
    const ids = ['a', 'b', 'c'].map(
      description => first.activities.start(request('deploy', { description, input: environmentLane })).id,
    )
    const second = await first.restart(
      [handler('deploy', async context => void order.push(context.activity.description))],
      0,
    )
    for (const id of ids) await finished(second.activities, id)

    expect(order).toEqual(['a', 'b', 'c'])
  })
})

describe('closing', () => {
  test('lets the running step end, begins no other, and takes no new work', async () => {
    const door = gate()
    const runs: string[] = []
    const deploy = handler('deploy', async context => {
      await context.step('one', async () => {
        await door.opened
        runs.push('one')
      })
      await context
        .step('two', () => void runs.push('two'))
        .catch((error: unknown) => {
          runs.push(`interrupted ${String(context.interrupted)}`)
          throw error
        })
    })
    const first = await workbench([deploy])
    const { id } = first.activities.start(request('deploy'))
    await until(first.activities, id, ({ steps }) => steps?.length === 1)
    const restarted = first.restart([deploy])
    expect(() => first.activities.start(request('deploy'))).toThrow(coded('unavailable.platform'))
    door.open()

    const second = await restarted
    expect(await finished(second.activities, id)).toMatchObject({ result: 'success' })
    expect(runs).toEqual(['one', 'interrupted true', 'two'])
    expect(first.errors).toEqual([])
  })

  test('ends those who watch', async () => {
    const first = await workbench([handler('deploy', () => new Promise(() => undefined))])
    const { id } = first.activities.start(request('deploy'))
    const watching = Array.fromAsync(first.activities.watch(id, new AbortController().signal))
    await until(first.activities, id, ({ state }) => state === 'running')
    await first.activities.close(0)

    expect((await watching).at(-1)?.state).toBe('running')
  })
})
