import { recordFlags } from '../../lib/cli/output/flags.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import { loginStatusRecord } from '../../lib/cli/render/accounts.ts'
import type { Result } from '../../lib/cli/results/login/status.ts'

export default class LoginStatus extends ResultCommand {
  static override summary = 'say whether the account in use is logged in'
  static override description =
    'Asks the provider, and exits with 4 when the credential is missing, refused or expired. The embedded platform of this ' +
    'machine needs no login: that is 0, and it is not started to find out.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --account work --json',
  ]

  static override flags = recordFlags(loginStatusRecord)

  async run(): Promise<Result> {
    const { flags } = await this.parse(LoginStatus)
    const account = await this.findAccount(flags)
    if (account.address === 'local') return this.show({ account }, loginStatusRecord)
    const provider = await this.openProvider(flags)
    return this.show({ account, identity: await provider.auth.identity(this.call) }, loginStatusRecord)
  }
}
