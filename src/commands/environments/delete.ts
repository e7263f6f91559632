import { textArgument } from '../../lib/cli/arguments.ts'
import { confirmDestruction } from '../../lib/cli/confirm.ts'
import { confirmFlag, dryRunFlag, followFlags, lastBackupFlag, projectFlag } from '../../lib/cli/flags.ts'
import { FollowingCommand } from '../../lib/cli/following-command.ts'
import { planDeleteEnvironment } from '../../lib/cli/plan/projects.ts'
import { renderDeleted } from '../../lib/cli/render/environments.ts'
import { requireOption } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/environments/delete.ts'
import { printTarget } from '../../lib/cli/target-name.ts'

export default class EnvironmentsDelete extends FollowingCommand {
  static override summary = 'delete an environment with its data, after a last backup'
  static override description = 'Asks for the name once more; without a terminal pass it with --confirm.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> preview --project shop --confirm preview',
    '<%= config.bin %> <%= command.id %> feature-1 --project shop --dry-run',
  ]
  static override args = { name: textArgument({ description: 'environment name', required: true }) }
  static override flags = { ...projectFlag, ...confirmFlag, ...dryRunFlag, ...followFlags, ...lastBackupFlag }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(EnvironmentsDelete)
    const provider = await this.openProvider(flags)
    const { support } = provider.environments
    requireOption(support.delete, provider, 'deleting environments')
    const lastBackup = !flags['no-backup']
    requireOption(lastBackup || support.lastBackup, provider, 'deleting without a last backup')
    const environment = await this.target({ environment: args.name, project: flags.project }, provider)
    const plan = await this.planned(flags, async () =>
      planDeleteEnvironment({ ...environment, lastBackup }, provider, this.call),
    )
    if (plan) return plan
    const name = printTarget(environment)
    const what = `environment ${name} with its data`
    await confirmDestruction({ given: flags.confirm, name: args.name, what }, this.runtime, this.signal)
    const activity = await provider.environments.delete({ ...environment, lastBackup }, this.call)
    return this.finish({ activity, flags, provider }, done => renderDeleted(name, done))
  }
}
