import { projectFlag } from '../../lib/cli/flags.ts'
import { listFlags } from '../../lib/cli/output/flags.ts'
import { environmentList } from '../../lib/cli/render/environments.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/environments/index.ts'
import { resolveProject } from '../../lib/cli/target.ts'

export default class Environments extends ResultCommand {
  static override aliases = ['environments:list']
  static override summary = 'list the environments of a project'
  static override description = 'Type, status, parent and address of each.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop',
    '<%= config.bin %> <%= command.id %> --project shop --json',
  ]
  static override flags = { ...projectFlag, ...listFlags(environmentList) }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Environments)
    const provider = await this.openProvider(flags)
    const { belongToProject } = provider.environments.support
    const request = { call: this.call, flags, provider }
    const project = belongToProject ? await resolveProject(request, this.runtime) : undefined
    return this.show(await Array.fromAsync(provider.environments.list(project, this.call)), environmentList)
  }
}
