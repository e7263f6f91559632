import type { Backup } from '../../core/model.ts'
import type { Provider } from '../../providers/port.ts'
import { FollowingCommand } from '../following-command.ts'
import { requirePart } from '../require-part.ts'
import { requireTarget, type TargetFlags } from '../target.ts'
import { selectBackup, type SelectBackup } from './select-backup.ts'

/** Commands about one backup that is there; with `--only` one that has any of it. */
export abstract class BackupCommand extends FollowingCommand {
  /** The one that an argument means; which one it is, is said where it was not named. @throws not-found.backup, not-found.project, not-found.environment, usage.time */
  protected backup(
    selector: string,
    provider: Provider,
    flags: TargetFlags & Pick<SelectBackup, 'only'>,
  ): Promise<Backup> {
    return selectBackup({
      backups: requirePart(provider, 'backups'),
      call: this.call,
      now: this.runtime.clock.now(),
      only: flags.only,
      requireTarget: environment => requireTarget(environment, provider, this.call),
      selector,
      target: () => this.target(flags, provider),
      tell: line => this.tell(line),
    })
  }
}
