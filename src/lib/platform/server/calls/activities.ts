import type { Activity } from '../../../core/model.ts'
import type { Handlers } from '../handlers.ts'
import type { CallDeps } from './deps.ts'

type Calls = Pick<Handlers, 'answerActivity' | 'cancelActivity' | 'getActivity' | 'listActivities'>

export function activityCalls({ activities }: CallDeps): Calls {
  return {
    answerActivity: ({ body, params }) => activities.answer(params.activity, body.answer),
    cancelActivity: ({ params }) => activities.cancel(params.activity),
    async getActivity({ params, query, signal }) {
      const now = activities.get(params.activity)
      const { waitMs = 0 } = query
      if (settled(now) || waitMs === 0) return now
      for await (const activity of activities.watch(now.id, AbortSignal.any([signal, AbortSignal.timeout(waitMs)]))) {
        if (settled(activity)) return activity
      }
      return activities.get(params.activity)
    },
    listActivities: ({ query }) => ({ items: activities.list(query) }),
  }
}

function settled({ state }: Activity): boolean {
  return state === 'finished' || state === 'waiting'
}
