import { layoutOfStdout } from '../../lib/cli/render/layout.ts'
import { renderPlatformStatus } from '../../lib/cli/render/platform.ts'
import type { Event } from '../../lib/cli/results/platform/run.ts'
import { StreamingCommand } from '../../lib/cli/streaming-command.ts'

export default class PlatformRun extends StreamingCommand {
  static override summary = 'run the platform in the foreground'
  static override description =
    'For service managers: prints where it listens and stays until it is interrupted, which is no failure. ' +
    'With --json the status is one line. The log of the platform goes to stderr.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override readonly showsLife = false

  async run(): Promise<void> {
    await this.parse(PlatformRun)
    const platform = await this.runtime.openLocalPlatform()
    await platform.run(status => {
      const event: Event = { type: 'ready', ...status }
      if (this.jsonEnabled()) this.logJson(event)
      else this.runtime.write(renderPlatformStatus(status, layoutOfStdout(this.runtime)))
    }, this.call)
  }
}
