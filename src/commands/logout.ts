import { Flags } from '@oclif/core'
import { dryRunFlag } from '../lib/cli/flags.ts'
import { planLogout } from '../lib/cli/plan/accounts.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/logout.ts'
import { AppError } from '../lib/core/errors.ts'

export default class Logout extends ResultCommand {
  static override summary = 'log out: revoke the credential and forget the account'
  static override description =
    'Without --account the current one. One that is gone already is no error. That a server cannot be reached to revoke ' +
    'the credential is a warning, with --revoke an error that leaves the account as it was.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --account work',
    '<%= config.bin %> <%= command.id %> --all --revoke --json',
  ]
  static override flags = {
    ...dryRunFlag,
    all: Flags.boolean({ description: 'every account there is' }),
    revoke: Flags.boolean({
      allowNo: true,
      description: 'fail when the credential cannot be revoked at the server (--no-revoke: do not try)',
    }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Logout)
    const accounts = await this.openAccounts()
    const current = flags.account ?? (await accounts.current())?.name
    if (!flags.all && current === undefined) throw new AppError('auth.required', 'you are not logged in anywhere')
    const names = flags.all ? (await accounts.list()).map(({ name }) => name) : [current ?? '']
    const revoke = flags.revoke === undefined ? 'try' : flags.revoke ? 'must' : 'never'
    const plan = await this.planned(flags, async () => planLogout(names, accounts, { revokes: revoke !== 'never' }))
    if (plan) return plan
    const { logout } = await import('../lib/cli/login/logout.ts')
    for (const name of names) {
      await logout(name, {
        accounts,
        open: account => this.openProvider({ account }),
        revoke,
        signal: this.signal,
        warn: text => void this.warn(text),
      })
    }
    return this.show({ accounts: names }, () => names.map(name => `logged out of ${name}\n`).join(''))
  }
}
