import { Flags } from '@oclif/core'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import type { Login as Request } from '../../lib/cli/login/login.ts'
import { planLogin } from '../../lib/cli/plan/accounts.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import { renderLogin } from '../../lib/cli/render/accounts.ts'
import type { Result } from '../../lib/cli/results/login/index.ts'

export default class Login extends ResultCommand {
  static override summary = 'log in to a platform by its address'
  static override description =
    'The token comes from stdin, from a command that prints it, or is asked for without showing it; it never stands on ' +
    'the command line. It is kept in the keychain, or encrypted in a file where there is none. The embedded platform of ' +
    'this machine needs no login.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --url https://cloud.example.com --token-stdin < token.txt',
    "<%= config.bin %> <%= command.id %> --url https://cloud.example.com --name work --token-command 'pass show cloud'",
  ]
  static override flags = {
    ...dryRunFlag,
    name: Flags.string({ description: "what to call the account (default: the address's host)" }),
    'token-command': Flags.string({
      description: 'shell command that prints the token; it is kept instead of a token and run at each use (sh -c)',
      exclusive: ['token-stdin'],
      helpValue: 'COMMAND',
    }),
    'token-stdin': Flags.boolean({ description: 'read the token from stdin' }),
    url: Flags.string({ description: 'address of the platform', required: true }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Login)
    const [{ login }, { obtainCredential }, { addressOf, parseTokenAddress }] = await Promise.all([
      import('../../lib/cli/login/login.ts'),
      import('../../lib/cli/login/obtain-credential.ts'),
      import('../../lib/credentials/token-address.ts'),
    ])
    const url = parseTokenAddress(flags.url, '--url')
    const name = flags.name ?? url.host
    const { runtime, signal } = this
    const account = {
      address: addressOf(url),
      name,
      provider: flags.provider ?? 'platform',
      since: new Date(runtime.clock.now()).toISOString(),
    }
    const accounts = await this.openAccounts()
    const obtained = await obtainCredential(flags, { account: name, runtime, signal })
    const identify: Request['identify'] = async trial => (await this.openProvider({ trial })).auth.identity(this.call)
    const plan = await this.planned(flags, async () => {
      await identify({ account, token: obtained.token })
      return planLogin(account, accounts)
    })
    if (plan) return plan
    const identity = await login({ account, accounts, identify, ...obtained })
    return this.show(identity, renderLogin)
  }
}
