import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag, followFlags, targetFlags } from '../../lib/cli/flags.ts'
import { PauseCommand } from '../../lib/cli/pause-command.ts'
import type { Result } from '../../lib/cli/results/environments/pause.ts'

export default class EnvironmentsPause extends PauseCommand {
  static override summary = 'stop all that runs in an environment and keep its data'
  static override description =
    'Applications, workers, crons and services rest, and its addresses answer 503. ' +
    '`environments resume` or a deploy starts it again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> feature-1 --project shop',
    '<%= config.bin %> <%= command.id %> --project shop --environment feature-1 --dry-run',
  ]
  static override args = { name: textArgument({ description: 'environment name' }) }
  static override flags = { ...targetFlags, ...dryRunFlag, ...followFlags }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(EnvironmentsPause)
    return this.change({ flags, name: args.name, verb: 'pause' })
  }
}
