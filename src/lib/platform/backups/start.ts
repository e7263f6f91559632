import { AppError } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import type { Activity } from '../../core/model.ts'
import type { Activities } from '../activities/port.ts'
import type { Place } from '../deploy/deployments.ts'
import type { BackupRecord } from '../store/port.ts'
import type { Upload } from '../uploads/uploads.ts'
import type { CreateBackupInput, RestoreInput, UploadBackupInput, VerifyBackupInput } from './port.ts'

export interface Starter {
  readonly createdBy: string
  /** Of the client. */
  readonly key?: string | undefined
}

type Names = Readonly<Record<'environment' | 'project', string>>

/** @throws what `place` throws */
export function startBackup(
  activities: Activities,
  {
    place,
    request,
    ...names
  }: Names & {
    readonly place: () => Place
    readonly request: Omit<CreateBackupInput, 'backup' | 'environment'>
  },
  starter: Starter,
): Activity {
  return activities.start({
    ...starter,
    ...names,
    prepare() {
      const input: CreateBackupInput = { ...request, backup: createId('bkp'), environment: place().environment.id }
      return { description: `back up ${names.project} ${names.environment}`, input }
    },
    request,
    type: 'backup.create',
  })
}

export function startVerification(
  activities: Activities,
  { environment, id, project }: Pick<BackupRecord, 'environment' | 'id' | 'project'>,
  starter: Starter,
): Activity {
  const input: VerifyBackupInput = { backup: id }
  return activities.start({
    ...starter,
    environment,
    prepare: () => ({ description: `verify the backup ${id}`, input }),
    project,
    request: input,
    type: 'backup.verify',
  })
}

/** `find` checks what is asked for. @throws what `find` throws */
export function startRestore(
  activities: Activities,
  {
    find,
    request,
    ...names
  }: Names & {
    readonly find: () => { readonly place: Place; readonly backup: BackupRecord }
    readonly request: Omit<RestoreInput, 'environment'>
  },
  starter: Starter,
): Activity {
  return activities.start({
    ...starter,
    ...names,
    prepare() {
      const { backup, place } = find()
      const input: RestoreInput = { ...request, backup: backup.id, environment: place.environment.id }
      return { description: `restore ${backup.id} into ${names.project} ${names.environment}`, input }
    },
    request,
    type: 'restore',
  })
}

/** The same upload becomes the same backup, however often it is finished. @throws conflict.offset while bytes are missing */
export function startUpload(
  { activities }: { readonly activities: Activities },
  { bytes, environment, id, label, offset, project }: Upload,
  createdBy: string,
): Activity {
  if (offset !== bytes)
    throw new AppError('conflict.offset', `only ${offset} of ${bytes} bytes have arrived`, { details: { offset } })
  return activities.start({
    createdBy,
    environment,
    key: `upload-${id}`,
    prepare() {
      const input: UploadBackupInput = { backup: createId('bkp'), environment, label, project, upload: id }
      return { description: `take in a backup for ${project} ${environment}`, input }
    },
    project,
    type: 'backup.upload',
  })
}
