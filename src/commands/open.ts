import { targetFlags } from '../lib/cli/flags.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/open.ts'
import { renderLink } from '../lib/cli/render/link.ts'
import { printTarget } from '../lib/cli/target-name.ts'
import { AppError } from '../lib/core/errors.ts'

export default class Open extends ResultCommand {
  static override summary = "open an environment's address in the browser"
  static override description = 'Without a terminal it only prints the address.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    'curl "$(<%= config.bin %> <%= command.id %> --project shop --environment main)"',
  ]
  static override flags = targetFlags

  async run(): Promise<Result> {
    const { flags } = await this.parse(Open)
    const provider = await this.openProvider(flags)
    const target = await this.target(flags, provider)
    const { urls } = await provider.environments.get(target, this.call)
    const [url] = urls
    if (url === undefined) {
      const message = `${printTarget(target)} has no address to open`
      throw new AppError('not-found.route', message, { suggestions: ['aloft deploy', 'aloft services'] })
    }
    const opened = this.runtime.terminal.interactive && !this.jsonEnabled()
    if (opened) await this.runtime.openUrl(url)
    return this.show({ opened, url, urls }, (_result, layout) => `${renderLink(url, layout)}\n`)
  }
}
