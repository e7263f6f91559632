import { Flags } from '@oclif/core'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planStop } from '../../lib/cli/plan/local-platform.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/platform/stop.ts'

export default class PlatformStop extends ResultCommand {
  static override summary = 'stop the platform of this machine'
  static override description = 'Applications go on serving; with --all they are stopped too.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --all --json']
  static override flags = {
    ...dryRunFlag,
    all: Flags.boolean({ default: false, description: 'also every environment and the way in' }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(PlatformStop)
    const platform = await this.runtime.openLocalPlatform()
    const plan = await this.planned(flags, async () => planStop(platform, flags.all, this.call))
    if (plan) return plan
    const stopped = await platform.stop({ all: flags.all }, this.call)
    return this.show({ all: flags.all, stopped }, () => (stopped ? 'stopped\n' : 'was not running\n'))
  }
}
