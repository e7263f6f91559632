import { describe, expect, test } from 'vitest'
import { finished, handler, question, request, until, workbench } from './workbench.ts'

const coded = (code: string) => expect.objectContaining({ code })

describe('waiting', () => {
  const asks = handler('plan', async context => {
    const answer = await context.wait(question)
    const again = await context.wait(question)
    return { output: { answer, again } }
  })

  test('takes one of its answers, and no other', async () => {
    const { activities } = await workbench([asks])
    const { id } = activities.start(request('plan'))
    await until(activities, id, ({ state }) => state === 'waiting')
    expect(activities.get(id).waiting).toEqual(question)
    expect(() => activities.answer(id, 'maybe')).toThrow(coded('conflict.not-waiting'))

    expect(activities.answer(id, 'go')).toMatchObject({ state: 'running', waiting: undefined })
    await until(activities, id, ({ state }) => state === 'waiting')
    activities.answer(id, 'stop')
    expect(await finished(activities, id)).toMatchObject({ output: { again: 'stop', answer: 'go' } })
    expect(() => activities.answer(id, 'go')).toThrow(coded('conflict.finished'))
  })

  test('goes on over a restart, with the answers it had', async () => {
    const first = await workbench([asks])
    const { id } = first.activities.start(request('plan'))
    await until(first.activities, id, ({ state }) => state === 'waiting')
    first.activities.answer(id, 'go')
    await until(first.activities, id, ({ state }) => state === 'waiting')

    const second = await first.restart([asks])
    expect(second.activities.get(id)).toMatchObject({ state: 'waiting', waiting: question })
    second.activities.answer(id, 'stop')
    expect(await finished(second.activities, id)).toMatchObject({ output: { again: 'stop', answer: 'go' } })
    expect(second.log(id).messages).toEqual(['Go on?', 'Go on?'])
  })
})
