import { textArgument } from '../../lib/cli/arguments.ts'
import { SHELLS } from '../../lib/cli/completion/format.ts'
import { chooseShell } from '../../lib/cli/completion/places.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { renderFileChanges } from '../../lib/cli/render/completion.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/completion/uninstall.ts'

export default class CompletionUninstall extends ResultCommand {
  static override summary = 'undo `completion install`'
  static override description = 'Removes the script and the line, if there is one. Nothing installed succeeds.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> bash',
    '<%= config.bin %> <%= command.id %> zsh --dry-run',
  ]
  static override args = { shell: textArgument({ description: 'shell', options: [...SHELLS] }) }
  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(CompletionUninstall)
    const { environment } = this.runtime
    const { makeEdits, planRemoval, toSteps } = await import('../../lib/cli/completion/install.ts')
    const shell = chooseShell(args.shell, environment)
    const edits = planRemoval(shell, environment)
    const plan = await this.planned(flags, async () => toSteps(edits))
    if (plan) return plan
    return this.show({ changes: await makeEdits(edits), shell }, renderFileChanges)
  }
}
