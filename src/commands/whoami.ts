import { recordFlags } from '../lib/cli/output/flags.ts'
import { identityRecord } from '../lib/cli/render/accounts.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/whoami.ts'

export default class WhoAmI extends ResultCommand {
  static override summary = 'show who you are and where'
  static override description = 'Asks the provider who the credentials belong to, and lists the accounts there are.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --account work --json',
  ]
  static override flags = recordFlags(identityRecord)

  async run(): Promise<Result> {
    const { flags } = await this.parse(WhoAmI)
    const provider = await this.openProvider(flags)
    const accounts = await (await this.openAccounts()).list()
    return this.show({ accounts, identity: await provider.auth.identity(this.call) }, identityRecord)
  }
}
