import { renderPlatformStatus } from '../../lib/cli/render/platform.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/platform/status.ts'

export default class PlatformStatus extends ResultCommand {
  static override summary = 'show the platform of this machine'
  static override description =
    'Process, addresses, version, engine and how well instances are isolated. Starts nothing.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<Result> {
    await this.parse(PlatformStatus)
    const status = await (await this.runtime.openLocalPlatform()).status(this.call)
    if (!status) return this.show({ running: false }, () => 'not running\n')
    return this.show({ running: true, ...status }, renderPlatformStatus)
  }
}
