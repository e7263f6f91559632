import { textArgument } from '../../lib/cli/arguments.ts'
import { requireId } from '../../lib/cli/backups/select-backup.ts'
import { confirmDestruction } from '../../lib/cli/confirm.ts'
import { confirmFlag, dryRunFlag } from '../../lib/cli/flags.ts'
import { planDeleteBackup } from '../../lib/cli/plan/backups.ts'
import { find } from '../../lib/cli/plan/find.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/backup/delete.ts'

export default class BackupDelete extends ResultCommand {
  static override summary = 'delete a backup'
  static override description =
    'The last good backup of an environment goes only after its id was typed once more; without a terminal pass it with --confirm.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> bkp_01jz8k3x2m7q5n9r4t --dry-run',
    '<%= config.bin %> <%= command.id %> bkp_01jz8k3x2m7q5n9r4t --confirm bkp_01jz8k3x2m7q5n9r4t',
  ]
  static override args = { backup: textArgument({ description: 'id', required: true }) }
  static override flags = { ...confirmFlag, ...dryRunFlag }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(BackupDelete)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    requireOption(backups.support.delete, provider, 'deleting backups')
    const id = requireId(args.backup)
    const plan = await this.planned(flags, async () => planDeleteBackup(id, backups, this.call))
    if (plan) return plan
    const isDeleted = await find(
      backups.delete({ id }, this.call).then(() => true),
      'conflict.last-backup',
    )
    if (!isDeleted) {
      const what = `${id}, the last good backup of its environment`
      await confirmDestruction({ given: flags.confirm, name: id, what }, this.runtime, this.signal)
      await backups.delete({ confirm: id, id }, this.call)
    }
    return this.show({ id }, () => `deleted ${id}\n`)
  }
}
