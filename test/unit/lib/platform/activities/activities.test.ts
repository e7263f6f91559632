import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../../src/lib/core/errors.ts'
import {
  abortable,
  environmentLane,
  finished,
  gate,
  handler,
  question,
  request,
  until,
  workbench,
} from './workbench.ts'

const coded = (code: string) => expect.objectContaining({ code })

describe('an activity', () => {
  test('is queued at once, runs, and ends with result, output, steps and log', async () => {
    const ended: string[] = []
    const { activities, log, store } = await workbench(
      [
        handler('deploy', async context => {
          context.phase('build')
          context.log({ message: 'building' })
          const made = await context.step('make', () => ({ id: 'b1' }))
          context.setOutput({ build: made.id })
          return { output: { url: 'http://x' } }
        }),
      ],
      { onFinished: ({ result }) => ended.push(result) },
    )
    const started = activities.start(request('deploy', { environment: 'main', project: 'shop' }))
    expect(started).toMatchObject({ createdBy: 'me', environment: 'main', project: 'shop', state: 'queued' })

    const end = await finished(activities, started.id)
    expect(end).toMatchObject({ output: { build: 'b1', url: 'http://x' }, phase: 'build', result: 'success' })
    expect(end.steps).toMatchObject([{ name: 'make', state: 'done' }])
    await expect.poll(() => store.activities.get(started.id)?.logEnded).toBe(true)
    expect(log(started.id)).toEqual({ ended: true, messages: ['building'] })
    expect(ended).toEqual(['success'])
  })

  test('that throws has failed, with the error and the reason in its log', async () => {
    const { activities, log, store } = await workbench([
      handler('deploy', async context => {
        await context.step('build', () => {
          throw new AppError('failed.build', 'exit code 1', { details: { phase: 'build' } })
        })
      }),
    ])
    const { id } = activities.start(request('deploy'))

    expect(await finished(activities, id)).toMatchObject({
      error: { code: 'failed.build', details: { phase: 'build' } },
      result: 'failure',
      steps: [{ name: 'build', state: 'failed' }],
    })
    await expect.poll(() => store.activities.get(id)?.logEnded).toBe(true)
    expect(log(id).messages).toEqual(['exit code 1'])
  })

  test('that warned ends with a warning', async () => {
    const { activities } = await workbench([
      handler('deploy', async context => {
        context.warn('hook failed')
        context.warn('hook failed')
      }),
    ])
    const { id } = activities.start(request('deploy'))

    expect(await finished(activities, id)).toMatchObject({ result: 'warning' })
  })

  test('started again with the same key is the same one', async () => {
    let runs = 0
    const { activities } = await workbench([handler('deploy', async () => void runs++)])
    const first = activities.start(request('deploy', { input: { tree: 1 }, key: 'k' }))
    await finished(activities, first.id)

    expect(activities.start(request('deploy', { input: { tree: 1 }, key: 'k' })).id).toBe(first.id)
    expect(() => activities.start(request('deploy', { input: { tree: 2 }, key: 'k' }))).toThrow(
      coded('conflict.changed'),
    )
    expect(runs).toBe(1)
  })

  test('cannot have two steps of one name', async () => {
    const { activities } = await workbench([
      handler('deploy', async context => {
        await context.step('a', () => 1)
        await context.step('a', () => 2)
      }),
    ])
    const { id } = activities.start(request('deploy'))

    expect(await finished(activities, id)).toMatchObject({ error: { code: 'internal' }, result: 'failure' })
  })

  test('that nobody knows is not found', async () => {
    const { activities } = await workbench([])

    expect(() => activities.get('act_none')).toThrow(coded('not-found.activity'))
    expect(() => activities.cancel('act_none')).toThrow(coded('not-found.activity'))
    expect(() => activities.watch('act_none', AbortSignal.timeout(1))).toThrow(coded('not-found.activity'))
  })
})

describe('cancelling', () => {
  test('ends a running one with failed.cancelled, whatever it throws, and twice is once', async () => {
    const { activities } = await workbench([
      handler('deploy', async context => {
        await context.step('long', async () => {
          await abortable(new Promise(() => undefined), context.signal).catch(() => {
            throw new AppError('failed.hook', 'the hook was killed')
          })
        })
      }),
    ])
    const { id } = activities.start(request('deploy'))
    await until(activities, id, ({ steps }) => steps?.length === 1)
    activities.cancel(id)
    activities.cancel(id)

    expect(await finished(activities, id)).toMatchObject({ error: { code: 'failed.cancelled' }, result: 'cancelled' })
    expect(activities.cancel(id).result).toBe('cancelled')
  })

  test('ends a queued one before it returns, and its log', async () => {
    const { activities, log, store } = await workbench([
      handler('deploy', context =>
        context.inLane('environment:e', () => abortable(new Promise(() => undefined), context.signal)),
      ),
    ])
    activities.start(request('deploy', { input: environmentLane }))
    const { id } = activities.start(request('deploy', { input: environmentLane }))

    expect(activities.cancel(id)).toMatchObject({ result: 'cancelled', state: 'finished' })
    await expect.poll(() => store.activities.get(id)?.logEnded).toBe(true)
    expect(log(id).ended).toBe(true)
  })

  test('ends one that waits for an answer', async () => {
    const { activities } = await workbench([handler('deploy', async context => void (await context.wait(question)))])
    const { id } = activities.start(request('deploy'))
    await until(activities, id, ({ state }) => state === 'waiting')
    activities.cancel(id)

    expect(await finished(activities, id)).toMatchObject({ result: 'cancelled', waiting: undefined })
  })

  test('comes too late once the activity has committed, and for a finished one', async () => {
    const door = gate()
    const { activities, store } = await workbench([
      handler('deploy', async context => {
        context.commit()
        await door.opened
      }),
    ])
    const { id } = activities.start(request('deploy'))
    await expect.poll(() => store.activities.get(id)?.committedAt).toBeDefined()
    expect(() => activities.cancel(id)).toThrow(coded('conflict.too-late'))
    door.open()
    await finished(activities, id)
    expect(() => activities.cancel(id)).toThrow(coded('conflict.finished'))
  })
})
