import { textArgument } from '../../lib/cli/arguments.ts'
import { SHELLS } from '../../lib/cli/completion/format.ts'
import { chooseShell } from '../../lib/cli/completion/places.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { renderFileChanges } from '../../lib/cli/render/completion.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/completion/install.ts'

export default class CompletionInstall extends ResultCommand {
  static override summary = 'complete aloft in a shell from its next start on'
  static override description =
    'Puts the script into the directory where the shell looks; only where it has none, a line into the file it reads at ' +
    'its start. Doing it again changes nothing. Without a shell that of SHELL.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> bash',
    '<%= config.bin %> <%= command.id %> zsh --dry-run',
  ]
  static override args = { shell: textArgument({ description: 'shell to complete in', options: [...SHELLS] }) }
  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(CompletionInstall)
    const { environment } = this.runtime
    const { makeEdits, planInstallation, toSteps } = await import('../../lib/cli/completion/install.ts')
    const shell = chooseShell(args.shell, environment)
    const edits = planInstallation(shell, environment)
    const plan = await this.planned(flags, async () => toSteps(edits))
    if (plan) return plan
    this.tell(`${shell} completes aloft from its next start on; undo it with \`aloft completion uninstall ${shell}\``)
    return this.show({ changes: await makeEdits(edits), shell }, renderFileChanges)
  }
}
