import * as z from 'zod/mini'
import { type Clock, systemClock } from '../../core/clock.ts'
import type { Activities } from '../activities/port.ts'
import type { Layout } from '../layout.ts'
import type { Store } from '../store/port.ts'
import { Uploads } from '../uploads/uploads.ts'
import type { Parts } from './parts.ts'
import type { BackupPolicies } from './policies.ts'
import type { Backups } from './port.ts'
import { BackupScheduler } from './scheduler.ts'
import { uploadBackupHandler } from './upload-activity.ts'

/** What comes and goes beside the activities on single backups. */
export interface BackupUpkeep {
  readonly scheduler: BackupScheduler
  readonly uploads: Uploads
}

/** Before `resume` of the activities: registers what takes in uploads. */
export function openBackupUpkeep({
  clock = systemClock,
  layout,
  ...given
}: {
  readonly activities: Activities
  readonly backups: Backups
  readonly clock?: Clock
  readonly layout: Layout
  readonly onError: (error: unknown) => void
  readonly parts: Parts
  readonly policies: BackupPolicies
  readonly store: Store
}): BackupUpkeep {
  const { activities } = given.store
  const uploads = new Uploads({
    clock,
    directory: layout.uploads,
    isUsed: id => activities.unfinished().some(({ input }) => uploadIn(input) === id),
  })
  given.activities.register(uploadBackupHandler({ backups: given.backups, uploads }))
  return { scheduler: new BackupScheduler({ ...given, clock, uploads }), uploads }
}

const uploadInput = z.object({ upload: z.string() })

function uploadIn(input: unknown): string | undefined {
  const parsed = z.safeParse(uploadInput, input)
  return parsed.success ? parsed.data.upload : undefined
}
