import { textArgument } from '../../lib/cli/arguments.ts'
import { BaseCommand } from '../../lib/cli/base-command.ts'
import { projectFlag } from '../../lib/cli/flags.ts'
import { renderProject } from '../../lib/cli/render/projects.ts'
import type { Result } from '../../lib/cli/results/projects/show.ts'
import { resolveProject } from '../../lib/cli/target.ts'

export default class ProjectsShow extends BaseCommand {
  static override summary = 'show one project'
  static override description = 'Without a name the one of --project, ALOFT_PROJECT or the linked directory.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> shop',
    '<%= config.bin %> <%= command.id %> --project shop --json',
  ]
  static override args = { name: textArgument({ description: 'project name' }) }
  static override flags = projectFlag

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(ProjectsShow)
    const provider = await this.openProvider(flags)
    const named = { project: args.name ?? flags.project }
    const name = await resolveProject({ call: this.call, flags: named, provider }, this.runtime)
    return this.show(await provider.projects.get(name, this.call), renderProject)
  }
}
