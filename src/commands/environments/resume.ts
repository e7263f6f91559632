import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag, followFlags, targetFlags } from '../../lib/cli/flags.ts'
import { FollowingCommand } from '../../lib/cli/following-command.ts'
import { planResume } from '../../lib/cli/plan/environments.ts'
import { requireOption } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/environments/resume.ts'
import { printTarget } from '../../lib/cli/target-name.ts'

export default class EnvironmentsResume extends FollowingCommand {
  static override summary = 'start what runs in a paused environment'
  static override description = 'It runs as it did before it was paused, with its data of then.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> feature-1 --project shop',
    '<%= config.bin %> <%= command.id %> --project shop --environment feature-1 --dry-run',
  ]
  static override args = { name: textArgument({ description: 'environment name' }) }
  static override flags = { ...targetFlags, ...dryRunFlag, ...followFlags }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(EnvironmentsResume)
    const provider = await this.openProvider(flags)
    requireOption(provider.environments.support.pause, provider, 'pausing environments')
    const named = { environment: args.name ?? flags.environment, project: flags.project }
    const environment = await this.target(named, provider)
    const plan = await this.planned(flags, async () => planResume(environment, provider, this.call))
    if (plan) return plan
    const activity = await provider.environments.resume(environment, this.call)
    return this.finish({ activity, flags, provider }, () => `resumed ${printTarget(environment)}\n`)
  }
}
