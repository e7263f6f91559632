import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/config/set.ts'

export default class SettingsSet extends ResultCommand {
  static override strict = false
  static override summary = 'set settings'
  static override description =
    'Written to config.json in your configuration directory; see `aloft config` for what there is.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> accessible=true',
    '<%= config.bin %> <%= command.id %> credential-store=file --dry-run',
  ]
  static override args = { assignment: textArgument({ description: 'KEY=VALUE, again for more', required: true }) }
  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { argv, flags } = await this.parse(SettingsSet)
    const { changeSettings, parseAssignment, planSettings } = await import('../../lib/cli/settings/edit-settings.ts')
    const changes = argv.map(each => parseAssignment(String(each)))
    const { file, values } = this.runtime.settings
    const plan = await this.planned(flags, async () => planSettings(values, changes))
    if (plan) return plan
    await changeSettings(file, changes)
    const keys = changes.map(({ key }) => key)
    return this.show({ file, keys }, () => `${keys.join('\n')}\n`)
  }
}
