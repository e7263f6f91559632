import type { Handlers } from '../handlers.ts'
import { backupCalls } from './backups.ts'
import { activityCalls } from './activities.ts'
import type { CallDeps } from './deps.ts'
import { deploymentCalls } from './deployments.ts'
import { environmentChangeCalls } from './environment-changes.ts'
import { environmentCalls } from './environments.ts'
import { type PlatformFacts, platformCalls } from './platform.ts'
import { projectCalls } from './projects.ts'
import { serviceCalls } from './services.ts'
import { variableCalls } from './variables.ts'
import { volumeCalls } from './volumes.ts'

/** Every call of the API. */
export function allCalls(deps: CallDeps, facts: PlatformFacts): Handlers {
  return {
    ...activityCalls(deps),
    ...backupCalls(deps),
    ...deploymentCalls(deps),
    ...environmentCalls(deps),
    ...environmentChangeCalls(deps),
    ...platformCalls(deps, facts),
    ...projectCalls(deps),
    ...serviceCalls(deps),
    ...variableCalls(deps),
    ...volumeCalls(deps),
  }
}
