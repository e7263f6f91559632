import { textArgument } from '../../lib/cli/arguments.ts'
import { SHELLS } from '../../lib/cli/completion/format.ts'
import { chooseShell } from '../../lib/cli/completion/places.ts'
import { completionScript } from '../../lib/cli/completion/scripts.ts'
import { LOCAL_KINDS } from '../../lib/cli/exit-codes.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/completion/index.ts'

export default class Completion extends ResultCommand {
  static override summary = 'print the script that completes aloft in a shell'
  static override description =
    'Commands, flags and their values, names of projects, environments and services. `aloft completion install` puts it ' +
    'where the shell looks. Without a shell that of SHELL.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> bash',
    '<%= config.bin %> <%= command.id %> powershell | head -n 1',
  ]
  static override endsWith = LOCAL_KINDS
  static override args = { shell: textArgument({ description: 'shell to complete in', options: [...SHELLS] }) }

  async run(): Promise<Result> {
    const { args } = await this.parse(Completion)
    const shell = chooseShell(args.shell, this.runtime.environment)
    return this.show({ script: completionScript(shell), shell }, ({ script }) => script)
  }
}
