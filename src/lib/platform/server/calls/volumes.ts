import { describeVolumes } from '../../volumes/find-volumes.ts'
import type { Handlers } from '../handlers.ts'
import { findPlace } from '../lookup.ts'
import type { CallDeps } from './deps.ts'

export function volumeCalls(deps: CallDeps): Pick<Handlers, 'listVolumes'> {
  return {
    listVolumes: async ({ params, principal }) => ({
      items: await describeVolumes(deps, findPlace(deps.store, params, principal)),
    }),
  }
}
