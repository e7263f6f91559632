import { textArgument } from '../../lib/cli/arguments.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/login/use.ts'

export default class LoginUse extends ResultCommand {
  static override summary = 'make an account the current one'
  static override description = '`local` is the embedded platform of this machine. `aloft whoami` lists the accounts.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> work',
    '<%= config.bin %> <%= command.id %> local --json',
  ]
  static override args = { account: textArgument({ description: 'name of the account', required: true }) }

  async run(): Promise<Result> {
    const { args } = await this.parse(LoginUse)
    await (await this.openAccounts()).use(args.account)
    return this.show({ account: args.account }, ({ account }) => `now using ${account}\n`)
  }
}
