import { describeVolumes } from '../../volumes/find-volumes.ts'
import type { Handlers } from '../handlers.ts'
import { findPlace } from '../lookup.ts'
import type { CallDeps } from './deps.ts'

export function volumeCalls(deps: CallDeps): Pick<Handlers, 'listVolumes'> {
  return {
    async listVolumes({ params, principal, signal }) {
      return { items: await describeVolumes(deps, findPlace(deps.store, params, principal), signal) }
    },
  }
}
