import { BaseCommand } from '../../lib/cli/base-command.ts'
import { layoutOfStdout } from '../../lib/cli/render/layout.ts'
import { renderPlatformStatus } from '../../lib/cli/render/platform.ts'

export default class PlatformRun extends BaseCommand {
  static override summary = 'run the platform in the foreground'
  static override description =
    'For service managers: prints where it listens and stays until it is interrupted, which is no failure. ' +
    'With --json the status is one line.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  protected override readonly showsLife = false

  async run(): Promise<void> {
    this.streamsJson = true
    await this.parse(PlatformRun)
    const platform = await this.runtime.openLocalPlatform()
    await platform.run(status => {
      if (this.jsonEnabled()) this.logJson({ running: true, ...status })
      else this.runtime.write(renderPlatformStatus(status, layoutOfStdout(this.runtime)))
    }, this.call)
  }
}
