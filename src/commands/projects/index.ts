import { BaseCommand } from '../../lib/cli/base-command.ts'
import { renderProjects } from '../../lib/cli/render/projects.ts'
import type { Result } from '../../lib/cli/results/projects/index.ts'

export default class Projects extends BaseCommand {
  static override aliases = ['projects:list']
  static override summary = 'list the projects you can see'
  static override description = 'Name, title and age of each project of the account.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --account work --json',
  ]

  async run(): Promise<Result> {
    const { flags } = await this.parse(Projects)
    const provider = await this.openProvider(flags)
    return this.show(await Array.fromAsync(provider.projects.list(this.call)), renderProjects)
  }
}
