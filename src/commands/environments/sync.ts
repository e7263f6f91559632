import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { confirmDestruction } from '../../lib/cli/confirm.ts'
import { confirmFlag, dryRunFlag, followFlags, safetyBackupFlag, targetFlags } from '../../lib/cli/flags.ts'
import { FollowingCommand } from '../../lib/cli/following-command.ts'
import { planSync } from '../../lib/cli/plan/environments.ts'
import { renderSynced } from '../../lib/cli/render/environments.ts'
import { requireOption } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/environments/sync.ts'
import { printTarget } from '../../lib/cli/target-name.ts'

export default class EnvironmentsSync extends FollowingCommand {
  static override summary = 'bring the code and the data of its parent to an environment'
  static override description =
    'Both, unless --code or --data names one. Data replaces what is there, after a safety backup: asks for the name once more; ' +
    'without a terminal pass it with --confirm.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> feature-1 --project shop --code',
    '<%= config.bin %> <%= command.id %> --project shop --environment feature-1 --data --confirm feature-1',
  ]
  static override args = { name: textArgument({ description: 'environment name' }) }
  static override flags = {
    ...targetFlags,
    ...confirmFlag,
    ...dryRunFlag,
    ...followFlags,
    code: Flags.boolean({ default: false, description: 'what is live in the parent' }),
    data: Flags.boolean({ default: false, description: 'databases and files of the parent' }),
    ...safetyBackupFlag,
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(EnvironmentsSync)
    const provider = await this.openProvider(flags)
    requireOption(provider.environments.support.sync, provider, 'bringing what the parent has')
    const named = { environment: args.name ?? flags.environment, project: flags.project }
    const environment = await this.target(named, provider)
    const isBoth = flags.code === flags.data
    const request = {
      ...environment,
      code: isBoth || flags.code,
      data: isBoth || flags.data,
      safetyBackup: !flags['no-backup'],
    }
    const plan = await this.planned(flags, async () => planSync(request, provider, this.call))
    if (plan) return plan
    const what = `the data of ${printTarget(environment)}, which gets that of its parent`
    if (request.data)
      await confirmDestruction({ given: flags.confirm, name: environment.environment, what }, this.runtime, this.signal)
    const activity = await provider.environments.sync(request, this.call)
    return this.finish({ activity, flags, provider }, done => renderSynced(environment, done))
  }
}
