import * as z from 'zod/mini'
import type { ActivityHandler } from '../activities/port.ts'
import { environmentLane } from '../deploy/deploy-activity.ts'
import type { BackupDeps } from './deps.ts'
import { makeBackup } from './make-backup.ts'
import { createBackupInput, type CreateBackupInput } from './port.ts'

/** Makes a backup. In its environment's lane: deployments and crons wait for it, and it waits for them. */
export function createBackupHandler(deps: BackupDeps): ActivityHandler<CreateBackupInput> {
  return {
    input: { parse: value => z.parse(createBackupInput, value) },
    lanes: ({ environment }) => [{ capacity: 1, lane: environmentLane(environment) }],
    async run(context) {
      const { backup, environment } = context.input
      context.setOutput({ backup })
      await context.inLane(environmentLane(environment), async () => {
        const { pausedMs, sizeBytes } = await makeBackup(deps, context, context.input)
        context.setOutput({ pausedMs, sizeBytes })
      })
    },
    type: 'backup.create',
  }
}
