import { ChangeVariablesCommand } from '../../lib/cli/change-variables-command.ts'
import { dryRunFlag, followFlags, targetFlags } from '../../lib/cli/flags.ts'
import type { Result } from '../../lib/cli/results/variables/unset.ts'
import { levelFlag } from '../../lib/cli/variable-scope.ts'
import { AppError } from '../../lib/core/errors.ts'

export default class VariablesUnset extends ChangeVariablesCommand {
  static override summary = 'remove variables of an environment or a project'
  static override description = 'Says whether the change redeploys, restarts or waits.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> LOG_LEVEL API_KEY --project shop --environment main',
    '<%= config.bin %> <%= command.id %> NODE_OPTIONS --project shop --level project --json',
  ]
  static override strict = false
  static override usage = '<%= command.id %> KEY... [FLAGS]'
  static override flags = { ...targetFlags, ...dryRunFlag, ...levelFlag, ...followFlags }

  async run(): Promise<Result> {
    const { argv, flags } = await this.parse(VariablesUnset)
    if (argv.length === 0) {
      throw new AppError('usage.variable', 'nothing to remove', { suggestions: ['aloft variables unset KEY'] })
    }
    const provider = await this.openProvider(flags)
    return this.change({ flags, provider, set: [], unset: argv.map(String) })
  }
}
