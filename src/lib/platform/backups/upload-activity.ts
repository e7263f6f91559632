import * as z from 'zod/mini'
import type { ActivityHandler } from '../activities/port.ts'
import type { Uploads } from '../uploads/uploads.ts'
import { type Backups, uploadBackupInput, type UploadBackupInput } from './port.ts'

/** Makes a backup of a file that has arrived, once all of it was checked. The file goes, however it ends. */
export function uploadBackupHandler({
  backups,
  uploads,
}: {
  readonly backups: Pick<Backups, 'takeIn'>
  readonly uploads: Uploads
}): ActivityHandler<UploadBackupInput> {
  return {
    input: { parse: value => z.parse(uploadBackupInput, value) },
    lanes: () => [],
    async run(context) {
      const { upload, ...as } = context.input
      const { id: activity } = context.activity
      context.setOutput({ backup: as.backup })
      context.phase('check')
      try {
        const file = uploads.file(upload)
        const notes = await context.step('take in', () => backups.takeIn(file, { ...as, activity }, context.signal))
        for (const message of notes) context.log({ level: 'warning', message })
      } finally {
        if (!context.interrupted) uploads.remove(upload)
      }
    },
    type: 'backup.upload',
  }
}
