import { Args } from '@oclif/core'
import { dryRunFlag, targetFlags } from '../../lib/cli/flags.ts'
import { planStorage } from '../../lib/cli/plan/backups.ts'
import { storageRecord } from '../../lib/cli/render/backups.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/backup/storage.ts'
import { BACKUP_STORAGES } from '../../lib/core/model.ts'

export default class BackupStorage extends ResultCommand {
  static override summary = 'show or change where the volumes of backups are kept'
  static override description =
    'Without an argument shows it. In a directory a volume that changed is kept again as a whole; in restic, which must be installed, ' +
    'only what is new of it. It holds for later backups: those that are there stay where they are, and can be restored either way.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> restic --project shop --environment main --dry-run',
    '<%= config.bin %> <%= command.id %> directory --json',
  ]
  static override args = {
    storage: Args.option({ description: 'what keeps them', options: BACKUP_STORAGES })(),
  }
  static override flags = { ...targetFlags, ...dryRunFlag }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(BackupStorage)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    requireOption(backups.support.storage, provider, 'a choice of where backups are kept')
    const environment = await this.target(flags, provider)
    const { storage: wanted } = args
    const now = await backups.storage({ environment, wanted }, this.call)
    if (wanted === undefined) return this.show({ storage: now }, storageRecord)
    const plan = await this.planned(flags, async () => planStorage(environment, now, wanted))
    return plan ?? this.show({ storage: await backups.setStorage(environment, wanted, this.call) }, storageRecord)
  }
}
