import { targetFlags } from '../../lib/cli/flags.ts'
import { listFlags } from '../../lib/cli/output/flags.ts'
import { variableList } from '../../lib/cli/render/variables.ts'
import { requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/variables/index.ts'
import { levelFlag, resolveScope } from '../../lib/cli/variable-scope.ts'

export default class Variables extends ResultCommand {
  static override aliases = ['variables:list']
  static override summary = 'list variables'
  static override description =
    'Of the environment, inherited ones included; without one of the project. Secrets never show.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --project shop --level project --json',
  ]
  static override flags = { ...targetFlags, ...levelFlag, ...listFlags(variableList) }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Variables)
    const provider = await this.openProvider(flags)
    const variables = requirePart(provider, 'variables')
    const scope = await resolveScope({ call: this.call, flags, provider }, this.runtime)
    return this.show(await Array.fromAsync(variables.list(scope, this.call)), variableList)
  }
}
