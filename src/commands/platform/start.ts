import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planStart } from '../../lib/cli/plan/local-platform.ts'
import { renderPlatformStatus } from '../../lib/cli/render/platform.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/platform/start.ts'

export default class PlatformStart extends ResultCommand {
  static override summary = 'start the platform of this machine'
  static override description = 'Other commands start it when they need it. One that runs already is no error.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { flags } = await this.parse(PlatformStart)
    const platform = await this.runtime.openLocalPlatform()
    const plan = await this.planned(flags, async () => planStart(platform, this.call))
    return plan ?? this.show(await platform.start(this.call), renderPlatformStatus)
  }
}
