import { textArgument } from '../../lib/cli/arguments.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/config/get.ts'

export default class SettingsGet extends ResultCommand {
  static override summary = 'print the value of a setting'
  static override description =
    'The one that holds: of the environment variable, else of the settings file, else the default.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> accessible',
    '<%= config.bin %> <%= command.id %> credential-store --json',
  ]
  static override args = { key: textArgument({ description: 'name of the setting', required: true }) }

  async run(): Promise<Result> {
    const { args } = await this.parse(SettingsGet)
    const [{ requireSetting }, { listSettings }] = await Promise.all([
      import('../../lib/cli/settings/edit-settings.ts'),
      import('../../lib/cli/settings/list-settings.ts'),
    ])
    const { key } = requireSetting(args.key)
    const { source, value = '' } = listSettings(this.runtime).find(setting => setting.key === key) ?? {}
    return this.show({ key, source: source ?? 'default', value }, () => `${value}\n`)
  }
}
