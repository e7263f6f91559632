import type { Activity } from '../../../core/model.ts'
import type { Handlers } from '../handlers.ts'
import { findActivity } from '../lookup.ts'
import type { CallDeps } from './deps.ts'

type Calls = Pick<Handlers, 'answerActivity' | 'cancelActivity' | 'getActivity' | 'listActivities'>

export function activityCalls({ activities }: CallDeps): Calls {
  return {
    answerActivity: ({ body, params, principal }) =>
      activities.answer(findActivity(activities, params.activity, principal).id, body.answer),
    cancelActivity: ({ params, principal }) =>
      activities.cancel(findActivity(activities, params.activity, principal).id),
    async getActivity({ params, principal, query, signal }) {
      const now = findActivity(activities, params.activity, principal)
      const { waitMs = 0 } = query
      if (settled(now) || waitMs === 0) return now
      for await (const activity of activities.watch(now.id, AbortSignal.any([signal, AbortSignal.timeout(waitMs)]))) {
        if (settled(activity)) return activity
      }
      return activities.get(params.activity)
    },
    listActivities: ({ principal, query }) => ({
      items: activities.list({ ...query, project: principal.project ?? query.project }),
    }),
  }
}

function settled({ state }: Activity): boolean {
  return state === 'finished' || state === 'waiting'
}
