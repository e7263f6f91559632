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
    'On a terminal the browser is opened where the address offers a login (OAuth 2.0), else a token is asked for. A token ' +
    'also comes from stdin or from a command that prints it; it never stands on the command line. It is kept in the ' +
    'keychain, or encrypted in a file where there is none. The embedded platform of this machine needs no login.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --url https://cloud.example.com --token-stdin < token.txt',
    "<%= config.bin %> <%= command.id %> --url https://cloud.example.com --name work --token-command 'pass show cloud'",
  ]
  static override flags = {
    ...dryRunFlag,
    browser: Flags.boolean({
      allowNo: true,
      description: 'log in with the browser; with --no-browser print the address',
    }),
    'callback-port': Flags.integer({
      description: 'port of this machine that the browser comes back to',
      min: 1,
      max: 65_535,
    }),
    'client-id': Flags.string({ default: 'aloft', description: 'what the authorization server knows aloft as' }),
    device: Flags.boolean({ description: 'log in with a code on another device', exclusive: ['browser'] }),
    name: Flags.string({ description: "what to call the account (default: the address's host)" }),
    timeout: Flags.string({ default: '5m', description: 'how long you have for the browser', helpValue: 'DURATION' }),
    'token-command': Flags.string({
      description: 'shell command that prints the token; it is kept instead of a token and run at each use (sh -c)',
      exclusive: ['browser', 'device', 'token-stdin'],
      helpValue: 'COMMAND',
    }),
    'token-stdin': Flags.boolean({ description: 'read the token from stdin', exclusive: ['browser', 'device'] }),
    url: Flags.string({ description: 'address of the platform', required: true }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Login)
    const [{ login }, { obtainCredential }, { addressOf, parseTokenAddress }, { parseDuration }] = await Promise.all([
      import('../../lib/cli/login/login.ts'),
      import('../../lib/cli/login/obtain-credential.ts'),
      import('../../lib/credentials/token-address.ts'),
      import('../../lib/cli/times.ts'),
    ])
    const url = parseTokenAddress(flags.url, '--url')
    const deadlineMs = await parseDuration(flags.timeout, 'timeout')
    const { runtime, signal } = this
    const account = {
      address: addressOf(url),
      name: flags.name ?? url.host,
      provider: flags.provider ?? 'platform',
      since: new Date(runtime.clock.now()).toISOString(),
    }
    const accounts = await this.openAccounts()
    const obtained = await obtainCredential(flags, { account, deadlineMs, runtime, signal })
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
