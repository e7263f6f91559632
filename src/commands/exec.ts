import { textArgument } from '../lib/cli/arguments.ts'
import type { Result } from '../lib/cli/results/exec.ts'
import { SessionCommand, sessionFlags } from '../lib/cli/session-command.ts'
import { AppError } from '../lib/core/errors.ts'

export default class Exec extends SessionCommand {
  static override summary = 'run a command in an instance'
  static override description =
    'Input, output and exit code are those of the command, byte for byte; 255 when something failed on our side. ' +
    'With --json the output is kept and printed in the document.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web --project shop --environment main -- ls -l',
    'cat dump.sql | <%= config.bin %> <%= command.id %> --service web -- sha256sum',
  ]
  static override usage = '<%= command.id %> [SERVICE] [FLAGS] -- COMMAND...'
  static override args = { service: textArgument({ description: 'service name' }) }
  static override flags = sessionFlags

  async run(): Promise<Result | undefined> {
    const end = this.argv.indexOf('--')
    const own = end === -1 ? this.argv : this.argv.slice(0, end)
    const command = end === -1 ? [] : this.argv.slice(end + 1)
    const { args, flags } = await this.parse(Exec, own)
    if (command.length === 0) {
      throw new AppError('usage.flag', 'the command is missing: it goes after --', {
        suggestions: ['aloft exec web -- ls -l'],
      })
    }
    return this.runRemote({ command, flags, service: args.service ?? flags.service })
  }
}
