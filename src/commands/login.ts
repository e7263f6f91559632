import { Flags } from '@oclif/core'
import { renderLogin } from '../lib/cli/render/accounts.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/login.ts'
import { AppError } from '../lib/core/errors.ts'

export default class Login extends ResultCommand {
  static override summary = 'log in to a platform by its address and a token'
  static override description =
    'The token comes from stdin or is asked for without showing it; it never stands on the command line. ' +
    'The embedded platform of this machine needs no login.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --url https://cloud.example.com --token-stdin < token.txt',
    '<%= config.bin %> <%= command.id %> --url https://cloud.example.com --name work',
  ]
  static override flags = {
    name: Flags.string({ description: "what to call the account (default: the address's host)" }),
    'token-stdin': Flags.boolean({ description: 'read the token from stdin' }),
    url: Flags.string({ description: 'address of the platform', required: true }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Login)
    const { login, parseAddress } = await import('../lib/cli/login.ts')
    const url = parseAddress(flags.url)
    const token = await this.#readToken(flags['token-stdin'])
    const name = flags.name ?? url.host
    const identity = await login({
      account: {
        address: url.href.replace(/\/$/, ''),
        name,
        provider: flags.provider ?? 'platform',
        since: new Date(this.runtime.clock.now()).toISOString(),
      },
      accounts: await this.openAccounts(),
      identify: async trial => (await this.openProvider({ trial })).auth.identity(this.call),
      token,
    })
    return this.show(identity, renderLogin)
  }

  async #readToken(fromStdin: boolean): Promise<string> {
    const token = fromStdin ? await this.#readStdin() : await this.#askToken()
    if (token !== '') return token
    throw new AppError('usage.input-required', 'the token is empty', { suggestions: ['pass it with --token-stdin'] })
  }

  async #readStdin(): Promise<string> {
    const { readStdin } = await import('../lib/cli/assignments.ts')
    return (await readStdin(this.runtime.stdin)).trim()
  }

  async #askToken(): Promise<string> {
    if (this.runtime.terminal.interactive) return (await this.runtime.ask.secret('Token:', this.signal)).trim()
    throw new AppError('usage.input-required', 'a token is needed: pass --token-stdin', {
      details: { flag: 'token-stdin' },
      suggestions: ['aloft login --url URL --token-stdin < token.txt'],
    })
  }
}
