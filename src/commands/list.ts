import { servicesFlag, targetFlags } from '../lib/cli/flags.ts'
import { listFlags } from '../lib/cli/output/flags.ts'
import { environmentList } from '../lib/cli/render/environments.ts'
import { projectList } from '../lib/cli/render/projects.ts'
import { serviceList } from '../lib/cli/render/services.ts'
import { requirePart } from '../lib/cli/require-part.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/list.ts'
import { selectServices } from '../lib/cli/select-services.ts'
import { knownTarget } from '../lib/cli/target.ts'

export default class List extends ResultCommand {
  static override summary = 'list what is there: projects, environments or services'
  static override description =
    'The services of the environment that is named or linked; with a project alone its environments; else the projects.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
  ]
  static override flags = { ...targetFlags, ...servicesFlag, ...listFlags(projectList, environmentList, serviceList) }

  async run(): Promise<Result> {
    const { flags } = await this.parse(List)
    const provider = await this.openProvider(flags)
    const { environment, project } = await knownTarget(flags, this.runtime)
    if (environment !== undefined) {
      const services = requirePart(provider, 'services')
      const all = await services.list(await this.target(flags, provider), this.call)
      return this.show(selectServices(all, flags.service ?? []), serviceList)
    }
    if (project === undefined) return this.show(await Array.fromAsync(provider.projects.list(this.call)), projectList)
    return this.show(await Array.fromAsync(provider.environments.list(project, this.call)), environmentList)
  }
}
