import { describe, expect, test } from 'vitest'
import { abortable, environmentLane, finished, gate, handler, request, until, workbench } from './workbench.ts'

describe('lanes', () => {
  test('run deploys of one environment in the order of their creation although the first builds longer', async () => {
    const order: string[] = []
    const slowBuild = gate()
    const { activities } = await workbench([
      handler('deploy', async context => {
        const name = context.activity.description
        await context.inLane('build', async () => {
          if (name === 'first') await slowBuild.opened
          order.push(`${name} built`)
        })
        await context.inLane('environment', async () => void order.push(`${name} released`))
      }),
    ])
    const input = {
      lanes: [
        { capacity: 2, lane: 'build' },
        { capacity: 1, lane: 'environment' },
      ],
    }
    const first = activities.start(request('deploy', { description: 'first', input }))
    const second = activities.start(request('deploy', { description: 'second', input }))
    await until(activities, second.id, () => order.includes('second built'))
    slowBuild.open()
    await finished(activities, first.id)
    await finished(activities, second.id)

    expect(order).toEqual(['second built', 'first built', 'first released', 'second released'])
  })

  test('keep an activity queued until there is room in its first one', async () => {
    const door = gate()
    const { activities } = await workbench([
      handler('deploy', context => context.inLane('environment:e', () => door.opened)),
      handler('scale', async () => undefined),
    ])
    const deploy = activities.start(request('deploy', { input: environmentLane }))
    const scale = activities.start(request('scale', { input: environmentLane }))
    await until(activities, deploy.id, ({ state }) => state === 'running')

    expect(activities.get(scale.id).state).toBe('queued')
    door.open()
    expect(await finished(activities, scale.id)).toMatchObject({ result: 'success' })
  })

  test('are given up early', async () => {
    const door = gate()
    const { activities } = await workbench([
      handler('deploy', async context => {
        context.leaveLane('environment:e')
        await door.opened
      }),
      handler('scale', async () => undefined),
    ])
    const deploy = activities.start(request('deploy', { input: environmentLane }))
    const scale = activities.start(request('scale', { input: environmentLane }))

    await finished(activities, scale.id)
    expect(activities.get(deploy.id).state).toBe('running')
    door.open()
    await finished(activities, deploy.id)
  })

  test('let a rollback cancel what runs and what waits, and go before it', async () => {
    const order: string[] = []
    const { activities } = await workbench([
      handler('deploy', context =>
        context.inLane('environment:e', async () => {
          try {
            await abortable(new Promise(() => undefined), context.signal)
          } finally {
            order.push('deploy undone')
          }
        }),
      ),
      handler('rollback', context => context.inLane('environment:e', async () => void order.push('rolled back'))),
    ])
    const running = activities.start(request('deploy', { input: environmentLane }))
    const queued = activities.start(request('deploy', { input: environmentLane }))
    await until(activities, running.id, ({ state }) => state === 'running')
    const rollback = activities.start(
      request('rollback', { input: { lanes: [{ capacity: 1, lane: 'environment:e', preempts: true }] } }),
    )

    expect(activities.get(queued.id)).toMatchObject({ result: 'cancelled', state: 'finished' })
    expect(await finished(activities, rollback.id)).toMatchObject({ result: 'success' })
    expect(activities.get(running.id).result).toBe('cancelled')
    expect(order).toEqual(['deploy undone', 'rolled back'])
  })
})
