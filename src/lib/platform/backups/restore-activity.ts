import * as z from 'zod/mini'
import type { ActivityHandler } from '../activities/port.ts'
import { environmentLane } from '../deploy/deploy-activity.ts'
import type { BackupDeps } from './deps.ts'
import { restoreInput, type RestoreInput } from './port.ts'
import { Restore } from './restore.ts'

/** Puts the data of a backup in the place of an environment's own. */
export function restoreHandler(deps: BackupDeps): ActivityHandler<RestoreInput> {
  return {
    input: { parse: value => z.parse(restoreInput, value) },
    lanes: ({ environment }) => [{ capacity: 1, lane: environmentLane(environment) }],
    async run(context) {
      const { backup, environment } = context.input
      context.setOutput({ backup })
      await context.inLane(environmentLane(environment), () => Restore.run(deps, context))
    },
    type: 'restore',
  }
}
