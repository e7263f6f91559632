import { AppError } from '../../core/errors.ts'
import type { Activities, Call } from '../../providers/port.ts'
import type { PlannedStep } from './change-plan.ts'

/** Nothing when it is cancelled already. @throws not-found.activity, conflict.finished */
export async function planCancel(id: string, activities: Activities, call: Call): Promise<PlannedStep[]> {
  const { result, state } = await activities.get(id, call)
  if (result === 'cancelled') return []
  if (state === 'finished') throw finished(id)
  return [{ action: 'cancel', from: state, kind: 'activity', name: id, to: 'cancelled' }]
}

/** @throws not-found.activity, conflict.finished, conflict.not-waiting */
export async function planAnswer(
  { answer, id }: { readonly answer: string; readonly id: string },
  activities: Activities,
  call: Call,
): Promise<PlannedStep[]> {
  const { state, waiting } = await activities.get(id, call)
  if (state === 'finished') throw finished(id)
  const answers = waiting?.answers.map(each => each.id) ?? []
  if (!answers.includes(answer)) {
    throw new AppError('conflict.not-waiting', `activity ${id} is not waiting for the answer "${answer}"`, {
      details: { answers },
    })
  }
  return [{ action: 'answer', kind: 'activity', name: id, to: answer }]
}

function finished(id: string): AppError {
  return new AppError('conflict.finished', `activity ${id} is finished already`)
}
