import { AppError } from '../../core/errors.ts'

/** Of a part that is not where it should be. */
export function gone(sha256: string): AppError {
  return new AppError('failed.verify', `the part ${sha256} is gone`, {
    details: { sha256 },
    suggestions: ['use another backup: `aloft backup list`'],
  })
}

/** Of a part that reads back as something else. */
export function unlike(sha256: string): AppError {
  return new AppError('failed.verify', `a part was written but reads back differently than ${sha256}`, {
    details: { sha256 },
    suggestions: ['check the disk that holds the backups', 'make the backup again'],
  })
}
