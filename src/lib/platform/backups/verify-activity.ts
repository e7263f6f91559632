import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { ActivityHandler } from '../activities/port.ts'
import type { BackupDeps } from './deps.ts'
import { verifyBackupInput, type VerifyBackupInput } from './port.ts'
import { findProblems } from './verify.ts'

/** Each takes a server's memory: one at a time. */
const LANE = { capacity: 1, lane: 'backup.verify' } as const

/** Proves that a backup can be restored, without touching its environment. */
export function verifyBackupHandler(deps: BackupDeps): ActivityHandler<VerifyBackupInput> {
  return {
    input: { parse: value => z.parse(verifyBackupInput, value) },
    lanes: () => [LANE],
    async run(context) {
      const { backup } = context.input
      context.setOutput({ backup })
      await context.inLane(LANE.lane, async () => {
        context.phase('verify')
        const note = (message: string): void => context.log({ message })
        const problems = await context.step('verify', () =>
          findProblems(deps, backup, { note, signal: context.signal }),
        )
        await context.step('record', () => {
          const result = problems.length === 0 ? 'passed' : 'failed'
          deps.store.backups.update(backup, { verification: { at: new Date().toISOString(), problems, result } })
        })
        context.setOutput({ problems })
        if (problems.length > 0) throw failure(backup, problems)
      })
    },
    type: 'backup.verify',
  }
}

function failure(backup: string, problems: readonly string[]): AppError {
  return new AppError('failed.verify', `the backup ${backup} is not what it says: ${problems.join('; ')}`, {
    details: { backup, problems },
    suggestions: ['make another one: `aloft backup`', 'restore from an older one: `aloft backup list`'],
  })
}
