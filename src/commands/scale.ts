import { Flags } from '@oclif/core'
import { dryRunFlag, followFlags, targetFlags } from '../lib/cli/flags.ts'
import { FollowingCommand } from '../lib/cli/following-command.ts'
import { planFormation } from '../lib/cli/plan/services.ts'
import { renderFormation } from '../lib/cli/render/formation.ts'
import { requirePart } from '../lib/cli/require-part.ts'
import type { Result } from '../lib/cli/results/scale.ts'

export default class Scale extends FollowingCommand {
  static override summary = 'show or change how many instances of what size run'
  static override description =
    'Without arguments prints the formation in the syntax that this command accepts. ' +
    'service=COUNT[:Ncpu][:NMB] sets, service+N and service-N change the number.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> web=2 --if-current 7f3a --dry-run --json',
    '<%= config.bin %> <%= command.id %> web=3:2cpu:1024MB worker+1 --project shop --environment main',
  ]
  static override strict = false
  static override usage = '<%= command.id %> [SERVICE=COUNT[:Ncpu][:NMB]...] [FLAGS]'
  static override flags = {
    ...targetFlags,
    ...followFlags,
    ...dryRunFlag,
    'if-current': Flags.string({ description: 'only when the formation still has this tag', helpValue: 'TAG' }),
  }

  async run(): Promise<Result> {
    const { argv, flags } = await this.parse(Scale)
    const provider = await this.openProvider(flags)
    const scaling = requirePart(provider, 'scaling')
    const environment = await this.target(flags, provider)
    const current = await scaling.formation(environment, this.call)
    if (argv.length === 0) {
      this.tell(`tag ${current.tag}`)
      return this.show(current, renderFormation)
    }
    const { planScale } = await import('../lib/cli/plan-scale.ts')
    const wanted = planScale(argv.map(String), current, { ifCurrent: flags['if-current'], provider })
    const plan = await this.planned(flags, async () => planFormation(current.services, wanted.services))
    if (plan) return plan
    const activity = await scaling.scale({ environment, ...wanted }, this.call)
    return this.finish({ activity, flags, provider }, () => renderFormation(wanted))
  }
}
