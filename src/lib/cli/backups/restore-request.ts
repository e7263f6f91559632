import { AppError } from '../../core/errors.ts'
import type { Backup, BackupScope, EnvironmentRef } from '../../core/model.ts'
import type { Restore } from '../../providers/backups-port.ts'
import type { TargetFlags } from '../target.ts'

export interface RestoreFlags extends TargetFlags {
  readonly to?: string | undefined
  readonly only?: readonly BackupScope[] | undefined
  readonly 'rename-service'?: readonly string[] | undefined
  readonly 'no-backup'?: boolean | undefined
}

/** @throws usage.flag */
export function toRestore(backup: Backup, flags: RestoreFlags): Restore {
  return {
    backup: backup.id,
    environment: restoreTarget(backup, flags),
    only: flags.only ?? [],
    rename: readRenames(flags['rename-service'] ?? []),
    safetyBackup: flags['no-backup'] !== true,
  }
}

/** `--to project/environment` (or with a colon) or `--to environment`; else what `-p` and `-e` name; else where the backup was made. @throws usage.flag */
export function restoreTarget(backup: Backup, { environment, project, to }: RestoreFlags): EnvironmentRef {
  if (to === undefined) return { environment: environment ?? backup.environment, project: project ?? backup.project }
  const [first = '', second, ...more] = to.split(/[/:]/)
  if (first === '' || second === '' || more.length > 0)
    throw new AppError('usage.flag', `--to ${to} names no environment`, {
      suggestions: ['--to ENVIRONMENT', '--to PROJECT/ENVIRONMENT'],
    })
  return second === undefined
    ? { environment: first, project: project ?? backup.project }
    : { environment: second, project: first }
}

/** `old=new`, each service or volume once. @throws usage.flag */
function readRenames(assignments: readonly string[]): Record<string, string> {
  const renames = new Map<string, string>()
  for (const assignment of assignments) {
    const [from = '', to = '', ...more] = assignment.split('=')
    if (from === '' || to === '' || more.length > 0 || renames.has(from))
      throw new AppError(
        'usage.flag',
        `--rename-service ${assignment}: write the name in the backup, =, the name in the environment`,
        {
          suggestions: ['--rename-service db=database'],
        },
      )
    renames.set(from, to)
  }
  return Object.fromEntries(renames)
}
