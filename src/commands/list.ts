import { BaseCommand } from '../lib/cli/base-command.ts'
import { targetFlags } from '../lib/cli/flags.ts'
import { renderProjects } from '../lib/cli/render/projects.ts'
import { renderServices } from '../lib/cli/render/services.ts'
import { requirePart } from '../lib/cli/require-part.ts'

export default class List extends BaseCommand {
  static override summary = 'list services of an environment, or projects'
  static override description = 'With --environment its services, else the projects.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
  ]
  static override flags = targetFlags

  async run(): Promise<object> {
    const { flags } = await this.parse(List)
    const provider = await this.openProvider(flags)
    if (flags.environment === undefined) {
      return this.show(await Array.fromAsync(provider.projects.list(this.call)), renderProjects)
    }
    const services = requirePart(provider, 'services')
    return this.show(await services.list(await this.target(flags, provider), this.call), renderServices)
  }
}
