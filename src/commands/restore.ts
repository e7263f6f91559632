import { Flags } from '@oclif/core'
import { textArgument } from '../lib/cli/arguments.ts'
import { BackupCommand } from '../lib/cli/backups/backup-command.ts'
import { BACKUP_HELP, onlyFlag } from '../lib/cli/backups/flags.ts'
import { toRestore } from '../lib/cli/backups/restore-request.ts'
import { confirmDestruction } from '../lib/cli/confirm.ts'
import { confirmFlag, dryRunFlag, followFlags, junitFlag, safetyBackupFlag, targetFlags } from '../lib/cli/flags.ts'
import { restoreSteps } from '../lib/cli/plan/backups.ts'
import { describeChecked, describeRestored, renderReplaced } from '../lib/cli/render/restored.ts'
import { requireOption, requirePart } from '../lib/cli/require-part.ts'
import type { Result } from '../lib/cli/results/restore.ts'
import { printTarget } from '../lib/cli/target-name.ts'

export default class Restore extends BackupCommand {
  static override summary = 'replace the data of an environment by a backup'
  static override description =
    'Into the environment that --project and --environment name, or that --to names, of this project or another. First a safety ' +
    'backup is made of what is there. Asks for the name of the environment; without a terminal pass it with --confirm. The end ' +
    'says what state the environment is in: restored, rolled back to the safety backup, or untouched.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest --project shop --environment main --dry-run',
    '<%= config.bin %> <%= command.id %> latest --project shop --environment main --confirm main',
    '<%= config.bin %> <%= command.id %> bkp_01jz8k3x2m7q5n9r4t --to feature-1 --only files --confirm feature-1 --json',
  ]
  static override args = { backup: textArgument({ description: BACKUP_HELP, required: true }) }
  static override flags = {
    ...targetFlags,
    ...onlyFlag,
    ...confirmFlag,
    ...dryRunFlag,
    ...followFlags,
    ...junitFlag,
    ...safetyBackupFlag,
    'rename-service': Flags.string({
      description: 'service or volume of the backup that has another name there (again for more)',
      helpValue: 'OLD=NEW',
      multiple: true,
      multipleNonGreedy: true,
    }),
    to: Flags.string({ description: 'restore into this one: environment, or project/environment', helpValue: 'NAME' }),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(Restore)
    if (flags.junit !== undefined) await this.reportTo(flags.junit)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    const request = toRestore(await this.backup(args.backup, provider, flags), flags)
    requireOption(backups.support.restore.only || request.only.length === 0, provider, '--only')
    requireOption(backups.support.restore.rename || !flags['rename-service'], provider, '--rename-service')
    const plan = await backups.plan({ ...request, checkContents: flags['dry-run'] }, this.call)
    for (const warning of plan.warnings) this.warn(warning)
    const planned = await this.planned(flags, async () => {
      this.tell(describeChecked(plan))
      return restoreSteps(plan, request)
    })
    if (planned) return planned
    for (const line of renderReplaced(plan, request)) this.tell(line)
    const { environment } = request
    const what = `the data of ${printTarget(environment)}`
    await confirmDestruction(
      { deed: 'replaces', given: flags.confirm, name: environment.environment, what },
      this.runtime,
      this.signal,
    )
    const activity = await backups.restore(request, this.call)
    return this.finish({ activity, flags, provider }, done => {
      for (const line of describeRestored(done)) this.tell(line)
      return `restored ${printTarget(environment)}\n`
    })
  }
}
