import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planUse } from '../../lib/cli/plan/accounts.ts'
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
  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(LoginUse)
    const accounts = await this.openAccounts()
    const plan = await this.planned(flags, async () => planUse(args.account, accounts))
    if (plan) return plan
    await accounts.use(args.account)
    return this.show({ account: args.account }, ({ account }) => `now using ${account}\n`)
  }
}
