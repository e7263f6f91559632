import type { Backup, BackupScope } from './model.ts'

/** Whether a backup has anything of a scope: one of a part of the environment is none of the rest. */
export function holdsScope({ contents }: Pick<Backup, 'contents'>, scope: BackupScope): boolean {
  return contents.some(({ kind }) => (kind === 'volume' ? 'files' : 'database') === scope)
}
