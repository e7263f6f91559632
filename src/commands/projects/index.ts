import { listFlags } from '../../lib/cli/output/flags.ts'
import { projectList } from '../../lib/cli/render/projects.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/projects/index.ts'

export default class Projects extends ResultCommand {
  static override aliases = ['projects:list']
  static override summary = 'list the projects you can see'
  static override description = 'Name, title and age of each project of the account.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --account work --json',
  ]
  static override flags = listFlags(projectList)

  async run(): Promise<Result> {
    const { flags } = await this.parse(Projects)
    const provider = await this.openProvider(flags)
    return this.show(await Array.fromAsync(provider.projects.list(this.call)), projectList)
  }
}
