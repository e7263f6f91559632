import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag, followFlags, targetFlags } from '../../lib/cli/flags.ts'
import { FollowingCommand } from '../../lib/cli/following-command.ts'
import { planPause } from '../../lib/cli/plan/environments.ts'
import { requireOption } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/environments/pause.ts'
import { printTarget } from '../../lib/cli/target-name.ts'

export default class EnvironmentsPause extends FollowingCommand {
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
    const provider = await this.openProvider(flags)
    requireOption(provider.environments.support.pause, provider, 'pausing environments')
    const named = { environment: args.name ?? flags.environment, project: flags.project }
    const environment = await this.target(named, provider)
    const plan = await this.planned(flags, async () => planPause(environment, provider, this.call))
    if (plan) return plan
    const activity = await provider.environments.pause(environment, this.call)
    return this.finish({ activity, flags, provider }, () => `paused ${printTarget(environment)}\n`)
  }
}
