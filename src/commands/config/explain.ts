import { textArgument } from '../../lib/cli/arguments.ts'
import { targetFlags } from '../../lib/cli/flags.ts'
import { listFlags } from '../../lib/cli/output/flags.ts'
import { explanationList } from '../../lib/cli/render/settings.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/config/explain.ts'

export default class SettingsExplain extends ResultCommand {
  static override summary = 'say which flag, variable or file each value comes from'
  static override description =
    'Of the settings, and of what a command run here would be about: account, provider, project, environment. Where ' +
    'several say something, the first one holds.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> project --project shop --json',
  ]
  static override args = { key: textArgument({ description: 'only this one' }) }
  static override flags = { ...targetFlags, ...listFlags(explanationList) }

  async run(): Promise<Result> {
    const { args, raw } = await this.parse(SettingsExplain)
    const [{ explainChoices }, { explainSettings }, { requireExplanation }] = await Promise.all([
      import('../../lib/cli/settings/explain-choices.ts'),
      import('../../lib/cli/settings/explain-settings.ts'),
      import('../../lib/cli/settings/require-explanation.ts'),
    ])
    const given = Object.fromEntries(raw.flatMap(token => (token.type === 'flag' ? [[token.flag, token.input]] : [])))
    const { environment, settings } = this.runtime
    const all = [...(await explainChoices(given, this.runtime)), ...explainSettings(settings, environment)]
    return this.show(args.key === undefined ? all : [requireExplanation(args.key, all)], explanationList)
  }
}
