import { Flags } from '@oclif/core'
import { dryRunFlag, followFlags, targetFlags } from '../lib/cli/flags.ts'
import { FollowingCommand } from '../lib/cli/following-command.ts'
import { planRestart } from '../lib/cli/plan/services.ts'
import { requireOption, requirePart } from '../lib/cli/require-part.ts'
import type { Result } from '../lib/cli/results/restart.ts'
import { printTarget } from '../lib/cli/target-name.ts'

export default class Restart extends FollowingCommand {
  static override summary = 'restart services, one instance at a time'
  static override description =
    'All applications and workers of the environment when none is named; managed services only by name.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --project shop --environment main --no-wait',
  ]
  static override strict = false
  static override usage = '<%= command.id %> [SERVICE...] [FLAGS]'
  static override flags = {
    ...targetFlags,
    ...followFlags,
    ...dryRunFlag,
    service: Flags.string({ char: 's', description: 'service name', helpValue: 'NAME', multiple: true }),
  }

  async run(): Promise<Result> {
    const { argv, flags } = await this.parse(Restart)
    const provider = await this.openProvider(flags)
    const services = requirePart(provider, 'services')
    requireOption(services.support.restart, provider, 'restarting services')
    const environment = await this.target(flags, provider)
    const request = { environment, services: [...argv.map(String), ...(flags.service ?? [])] }
    const plan = await this.planned(flags, async () => planRestart(request, provider, this.call))
    if (plan) return plan
    const activity = await services.restart(request, this.call)
    return this.finish({ activity, flags, provider }, () => `restarted ${printTarget(environment)}\n`)
  }
}
