import type { StartActivity } from '../../activities/port.ts'
import type { PathParams } from '../handlers.ts'
import type { Principal } from '../authentication.ts'

/** Of a call that starts an activity. */
export interface StartingCall {
  readonly key?: string | undefined
  readonly params: Pick<PathParams, 'environment' | 'project'>
  readonly principal: Principal
}

/** What an activity records of the call that starts it; `request` is what the same key must come with again. */
export function startedBy(
  { key, params, principal }: StartingCall,
  request?: unknown,
): Omit<StartActivity, 'prepare' | 'type'> {
  const { environment, project } = params
  return { createdBy: principal.user, environment, key, project, request }
}
