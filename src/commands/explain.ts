import { textArgument } from '../lib/cli/arguments.ts'
import { LOCAL_KINDS } from '../lib/cli/exit-codes.ts'
import { explain, explainAll } from '../lib/cli/explain.ts'
import { listFlags } from '../lib/cli/output/flags.ts'
import { explanationRecord, explanationList } from '../lib/cli/render/explanation.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/explain.ts'

export default class Explain extends ResultCommand {
  static override summary = 'explain an error code'
  static override description = 'What happened, what to do, and the exit code. Without a code lists all. Works offline.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> failed.health',
    '<%= config.bin %> <%= command.id %> conflict.busy --json',
  ]
  static override endsWith = LOCAL_KINDS
  static override args = { code: textArgument({ description: 'error code, e.g. failed.health' }) }
  static override flags = listFlags(explanationList, explanationRecord)

  async run(): Promise<Result> {
    const { args } = await this.parse(Explain)
    if (args.code === undefined) return this.show(explainAll(), explanationList)
    return this.show(explain(args.code), explanationRecord)
  }
}
