import { textArgument } from '../../lib/cli/arguments.ts'
import { confirmDestruction } from '../../lib/cli/confirm.ts'
import { confirmFlag, dryRunFlag, followFlags, lastBackupFlag } from '../../lib/cli/flags.ts'
import { FollowingCommand } from '../../lib/cli/following-command.ts'
import { planDeleteProject } from '../../lib/cli/plan/projects.ts'
import { renderDeleted } from '../../lib/cli/render/environments.ts'
import { requireOption } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/projects/delete.ts'

export default class ProjectsDelete extends FollowingCommand {
  static override summary = 'delete a project with its environments and their data, after a last backup of each'
  static override description = 'Asks for the name once more; without a terminal pass it with --confirm.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> shop --dry-run',
    '<%= config.bin %> <%= command.id %> toys --confirm toys --timeout 10m',
  ]
  static override args = { name: textArgument({ description: 'project name', required: true }) }
  static override flags = { ...confirmFlag, ...dryRunFlag, ...followFlags, ...lastBackupFlag }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(ProjectsDelete)
    const provider = await this.openProvider(flags)
    requireOption(provider.projects.support.delete, provider, 'deleting projects')
    const lastBackup = !flags['no-backup']
    requireOption(lastBackup || provider.environments.support.lastBackup, provider, 'deleting without a last backup')
    const plan = await this.planned(flags, async () => planDeleteProject(args.name, provider, this.call))
    if (plan) return plan
    const what = `project ${args.name} with all its environments and their data`
    await confirmDestruction({ given: flags.confirm, name: args.name, what }, this.runtime, this.signal)
    const activity = await provider.projects.delete(args.name, { ...this.call, lastBackup })
    return this.finish({ activity, flags, provider }, done => renderDeleted(args.name, done))
  }
}
