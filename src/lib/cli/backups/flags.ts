import { Flags } from '@oclif/core'
import { BACKUP_SCOPES } from '../../core/model.ts'

export const onlyFlag = {
  only: Flags.option({
    delimiter: ',',
    description: 'only this of it: database (every service that keeps data), files (every volume)',
    multiple: true,
    multipleNonGreedy: true,
    options: BACKUP_SCOPES,
  })(),
}

/** An argument that names a backup. */
export const BACKUP_HELP = 'id, `latest`, or @TIME (the newest from then or before: @2h, @2026-01-31T12:00)'
