import { textArgument } from '../../lib/cli/arguments.ts'
import { projectFlag } from '../../lib/cli/flags.ts'
import { recordFlags } from '../../lib/cli/output/flags.ts'
import { projectRecord } from '../../lib/cli/render/projects.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/projects/show.ts'
import { resolveProject } from '../../lib/cli/target.ts'

export default class ProjectsShow extends ResultCommand {
  static override summary = 'show one project'
  static override description = 'Without a name the one of --project, ALOFT_PROJECT or the linked directory.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> shop',
    '<%= config.bin %> <%= command.id %> --project shop --json',
  ]
  static override args = { name: textArgument({ description: 'project name' }) }
  static override flags = { ...projectFlag, ...recordFlags(projectRecord) }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(ProjectsShow)
    const provider = await this.openProvider(flags)
    const named = { project: args.name ?? flags.project }
    const name = await resolveProject({ call: this.call, flags: named, provider }, this.runtime)
    return this.show(await provider.projects.get(name, this.call), projectRecord)
  }
}
