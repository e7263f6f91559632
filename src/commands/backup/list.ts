import { Flags } from '@oclif/core'
import { targetFlags } from '../../lib/cli/flags.ts'
import { listFlags } from '../../lib/cli/output/flags.ts'
import { backupList } from '../../lib/cli/render/backups.ts'
import { requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/backup/list.ts'
import { knownTarget, requireTarget } from '../../lib/cli/target.ts'
import { BACKUP_STATES } from '../../lib/core/model.ts'

export default class BackupList extends ResultCommand {
  static override summary = 'list backups, newest first'
  static override description =
    'Those of the environment; of all projects with --all. Only complete ones can be restored.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --all --state complete --json',
  ]
  static override flags = {
    ...targetFlags,
    ...listFlags(backupList),
    all: Flags.boolean({ description: 'of all environments, deleted ones too', exclusive: ['project', 'environment'] }),
    state: Flags.option({ description: 'only those in this state', options: BACKUP_STATES })(),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(BackupList)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    const { environment, project } = flags.all ? {} : await knownTarget(flags, this.runtime)
    const filter = { environment, project, state: flags.state }
    const list = await Array.fromAsync(backups.list(filter, this.call))
    // those of what was deleted stay: only without any is the name in doubt
    if (list.length === 0) await requireTarget({ environment, project }, provider, this.call)
    return this.show(list, backupList)
  }
}
