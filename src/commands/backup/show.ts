import { textArgument } from '../../lib/cli/arguments.ts'
import { BackupCommand } from '../../lib/cli/backups/backup-command.ts'
import { BACKUP_HELP } from '../../lib/cli/backups/flags.ts'
import { targetFlags } from '../../lib/cli/flags.ts'
import { recordFlags } from '../../lib/cli/output/flags.ts'
import { backupRecord } from '../../lib/cli/render/backups.ts'
import { requirePart } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/backup/show.ts'

export default class BackupShow extends BackupCommand {
  static override summary = 'show one backup and what is in it'
  static override description = 'With --json also the manifest of its bundle: rows of each table, files, checksums.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> bkp_01jz8k3x2m7q5n9r4t',
    '<%= config.bin %> <%= command.id %> latest --project shop --environment main --json',
  ]
  static override args = { backup: textArgument({ description: BACKUP_HELP, required: true }) }
  static override flags = { ...targetFlags, ...recordFlags(backupRecord) }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(BackupShow)
    const provider = await this.openProvider(flags)
    const { id } = await this.backup(args.backup, provider, flags)
    return this.show(await requirePart(provider, 'backups').get(id, this.call), backupRecord)
  }
}
