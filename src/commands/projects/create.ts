import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planCreateProject } from '../../lib/cli/plan/projects.ts'
import { projectRecord } from '../../lib/cli/render/projects.ts'
import { requireOption } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/projects/create.ts'

export default class ProjectsCreate extends ResultCommand {
  static override summary = 'create a project'
  static override description = 'An empty project; `aloft deploy` makes its first environment.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> shop',
    '<%= config.bin %> <%= command.id %> toys --title "The toy shop" --json',
  ]
  static override args = { name: textArgument({ description: 'project name', required: true }) }
  static override flags = { ...dryRunFlag, title: Flags.string({ description: 'as people call it' }) }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(ProjectsCreate)
    const provider = await this.openProvider(flags)
    requireOption(provider.projects.support.create, provider, 'creating projects')
    const request = { name: args.name, title: flags.title }
    const plan = await this.planned(flags, async () => planCreateProject(request, provider, this.call))
    return plan ?? this.show(await provider.projects.create(request, this.call), projectRecord)
  }
}
