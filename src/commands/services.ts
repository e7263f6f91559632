import { servicesFlag, targetFlags } from '../lib/cli/flags.ts'
import { listFlags } from '../lib/cli/output/flags.ts'
import { serviceList } from '../lib/cli/render/services.ts'
import { requirePart } from '../lib/cli/require-part.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/services.ts'
import { selectServices } from '../lib/cli/select-services.ts'

export default class Services extends ResultCommand {
  static override summary = 'list the services of an environment and their instances'
  static override description = 'One line for each instance: state, restarts, processor and memory.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --project shop --environment main --json',
  ]
  static override flags = { ...targetFlags, ...servicesFlag, ...listFlags(serviceList) }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Services)
    const provider = await this.openProvider(flags)
    const services = requirePart(provider, 'services')
    const all = await services.list(await this.target(flags, provider), this.call)
    return this.show(selectServices(all, flags.service ?? []), serviceList)
  }
}
