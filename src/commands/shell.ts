import { textArgument } from '../lib/cli/arguments.ts'
import type { Result } from '../lib/cli/results/shell.ts'
import { SessionCommand, sessionFlags } from '../lib/cli/session-command.ts'

export default class Shell extends SessionCommand {
  static override summary = 'open a shell in an instance'
  static override description =
    'A pseudo-terminal when both ends are terminals; else the shell reads commands from stdin. ' +
    "Exits with the shell's own code; 255 when something failed on our side."
  static override examples = [
    '<%= config.bin %> <%= command.id %> web --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --service web --instance web.1 < script.sh',
  ]
  static override args = { service: textArgument({ description: 'service name' }) }
  static override flags = sessionFlags

  async run(): Promise<Result | undefined> {
    const { args, flags } = await this.parse(Shell)
    return this.runRemote({ flags, service: args.service ?? flags.service })
  }
}
