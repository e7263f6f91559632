import { textArgument } from '../../lib/cli/arguments.ts'
import { targetFlags } from '../../lib/cli/flags.ts'
import { recordFlags } from '../../lib/cli/output/flags.ts'
import { environmentRecord } from '../../lib/cli/render/environments.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/environments/show.ts'

export default class EnvironmentsShow extends ResultCommand {
  static override summary = 'show one environment'
  static override description = 'Without a name the one of --environment, ALOFT_ENVIRONMENT or the linked directory.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> main --project shop',
    '<%= config.bin %> <%= command.id %> --project shop --environment main --json',
  ]
  static override args = { name: textArgument({ description: 'environment name' }) }
  static override flags = { ...targetFlags, ...recordFlags(environmentRecord) }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(EnvironmentsShow)
    const provider = await this.openProvider(flags)
    const environment = await this.target(
      { environment: args.name ?? flags.environment, project: flags.project },
      provider,
    )
    return this.show(await provider.environments.get(environment, this.call), environmentRecord)
  }
}
