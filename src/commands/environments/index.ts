import { BaseCommand } from '../../lib/cli/base-command.ts'
import { projectFlag } from '../../lib/cli/flags.ts'
import { renderEnvironments } from '../../lib/cli/render/environments.ts'
import type { Result } from '../../lib/cli/results/environments/index.ts'
import { resolveProject } from '../../lib/cli/target.ts'

export default class Environments extends BaseCommand {
  static override aliases = ['environments:list']
  static override summary = 'list the environments of a project'
  static override description = 'Type, status, parent and address of each.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop',
    '<%= config.bin %> <%= command.id %> --project shop --json',
  ]
  static override flags = projectFlag

  async run(): Promise<Result> {
    const { flags } = await this.parse(Environments)
    const provider = await this.openProvider(flags)
    const { belongToProject } = provider.environments.support
    const request = { call: this.call, flags, provider }
    const project = belongToProject ? await resolveProject(request, this.runtime) : undefined
    return this.show(await Array.fromAsync(provider.environments.list(project, this.call)), renderEnvironments)
  }
}
