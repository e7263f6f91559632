import { textArgument } from '../lib/cli/arguments.ts'
import { BaseCommand } from '../lib/cli/base-command.ts'
import { explain, explainAll } from '../lib/cli/explain.ts'
import { renderExplanation, renderExplanations } from '../lib/cli/render/explanation.ts'
import type { Result } from '../lib/cli/results/explain.ts'

export default class Explain extends BaseCommand {
  static override summary = 'explain an error code'
  static override description = 'What happened, what to do, and the exit code. Without a code lists all. Works offline.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> failed.health',
    '<%= config.bin %> <%= command.id %> conflict.busy --json',
  ]
  static override args = { code: textArgument({ description: 'error code, e.g. failed.health' }) }

  async run(): Promise<Result> {
    const { args } = await this.parse(Explain)
    if (args.code === undefined) return this.show(explainAll(), renderExplanations)
    return this.show(explain(args.code), renderExplanation)
  }
}
