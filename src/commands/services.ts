import { BaseCommand } from '../lib/cli/base-command.ts'
import { servicesFlag, targetFlags } from '../lib/cli/flags.ts'
import { renderServices } from '../lib/cli/render/services.ts'
import { requirePart } from '../lib/cli/require-part.ts'
import type { Result } from '../lib/cli/results/services.ts'
import { selectServices } from '../lib/cli/select-services.ts'

export default class Services extends BaseCommand {
  static override summary = 'list the services of an environment and their instances'
  static override description = 'One line for each instance: state, restarts, processor and memory.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --project shop --environment main --json',
  ]
  static override flags = { ...targetFlags, ...servicesFlag }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Services)
    const provider = await this.openProvider(flags)
    const services = requirePart(provider, 'services')
    const all = await services.list(await this.target(flags, provider), this.call)
    return this.show(selectServices(all, flags.service ?? []), renderServices)
  }
}
