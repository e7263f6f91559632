import type { Activities } from '../../activities/port.ts'
import type { DeployDeps } from '../../deploy/deps.ts'

/** What the calls of the API work with. */
export interface CallDeps extends DeployDeps {
  readonly activities: Activities
  /** The build an application would get, and whether it is there already. */
  readonly planBuild: (
    request: Parameters<DeployDeps['build']>[0],
  ) => Promise<{ readonly id: string; readonly reused: boolean; readonly warnings: readonly string[] }>
}
