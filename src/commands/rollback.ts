import { textArgument } from '../lib/cli/arguments.ts'
import { dryRunFlag, followFlags, targetFlags } from '../lib/cli/flags.ts'
import { FollowingCommand } from '../lib/cli/following-command.ts'
import { planRollback } from '../lib/cli/plan/rollback.ts'
import { describeDeployed, renderDeployed } from '../lib/cli/render/deploy.ts'
import { requireOption, requirePart } from '../lib/cli/require-part.ts'
import type { Result } from '../lib/cli/results/rollback.ts'

export default class Rollback extends FollowingCommand {
  static override summary = 'go back to an earlier deployment, variables included'
  static override description = 'Without an id to the deployment before the live one. It may overtake a running deploy.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> dep_01jz8k3x2m7q5n9r4t --project shop --environment main --json',
  ]
  static override args = { deployment: textArgument({ description: 'deployment id' }) }
  static override flags = { ...targetFlags, ...dryRunFlag, ...followFlags }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(Rollback)
    const provider = await this.openProvider(flags)
    const deploys = requirePart(provider, 'deploys')
    requireOption(deploys.support.rollback, provider, 'going back')
    const environment = await this.target(flags, provider)
    const request = { deployment: args.deployment, environment }
    const plan = await this.planned(flags, async () => planRollback(request, deploys, this.call))
    if (plan) return plan
    const activity = await deploys.rollback(request, this.call)
    return this.finish({ activity, flags, provider }, (done, layout) => {
      for (const line of describeDeployed(done)) this.tell(line)
      return renderDeployed(done, layout)
    })
  }
}
