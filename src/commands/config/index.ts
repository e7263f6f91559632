import { listFlags } from '../../lib/cli/output/flags.ts'
import { settingList } from '../../lib/cli/render/settings.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/config/index.ts'

export default class Settings extends ResultCommand {
  static override aliases = ['config:list']
  static override summary = 'list the settings, their values and where they come from'
  static override description =
    'Settings hold for every command. A flag goes before an environment variable, and that before the settings file.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override flags = listFlags(settingList)

  async run(): Promise<Result> {
    await this.parse(Settings)
    const { listSettings } = await import('../../lib/cli/settings/list-settings.ts')
    return this.show(listSettings(this.runtime), settingList)
  }
}
