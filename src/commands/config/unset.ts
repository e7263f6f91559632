import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/config/unset.ts'

export default class SettingsUnset extends ResultCommand {
  static override summary = 'go back to the default of a setting'
  static override description = 'One that is not set is no error.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> accessible',
    '<%= config.bin %> <%= command.id %> ca-file --dry-run',
  ]
  static override args = { key: textArgument({ description: 'name of the setting', required: true }) }
  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(SettingsUnset)
    const { changeSettings, planSettings, requireSetting } = await import('../../lib/cli/settings/edit-settings.ts')
    const { key } = requireSetting(args.key)
    const { file, values } = this.runtime.settings
    const plan = await this.planned(flags, async () => planSettings(values, [{ key }]))
    if (plan) return plan
    if (values.has(key)) await changeSettings(file, [{ key }])
    return this.show({ file, keys: [key] }, () => `${key}\n`)
  }
}
