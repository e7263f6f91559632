import { textArgument } from '../../lib/cli/arguments.ts'
import { BackupCommand } from '../../lib/cli/backups/backup-command.ts'
import { BACKUP_HELP } from '../../lib/cli/backups/flags.ts'
import { dryRunFlag, followFlags, junitFlag, targetFlags } from '../../lib/cli/flags.ts'
import { planVerify } from '../../lib/cli/plan/backups.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/backup/verify.ts'

export default class BackupVerify extends BackupCommand {
  static override summary = 'prove that a backup can be restored'
  static override description =
    'Restores it into a throw-away environment without network, compares rows and files with the manifest, and records the ' +
    'result with the backup. Ends with 7 where anything differs.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest --project shop --environment main',
    '<%= config.bin %> <%= command.id %> bkp_01jz8k3x2m7q5n9r4t --json',
  ]
  static override args = { backup: textArgument({ description: BACKUP_HELP, required: true }) }
  static override flags = { ...targetFlags, ...dryRunFlag, ...followFlags, ...junitFlag }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(BackupVerify)
    if (flags.junit !== undefined) await this.reportTo(flags.junit)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    requireOption(backups.support.verify, provider, 'verifying backups')
    const backup = await this.backup(args.backup, provider, flags)
    const plan = await this.planned(flags, async () => planVerify(backup))
    if (plan) return plan
    const activity = await backups.verify(backup.id, this.call)
    return this.finish({ activity, flags, provider }, () => `${backup.id} can be restored\n`)
  }
}
