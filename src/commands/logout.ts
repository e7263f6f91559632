import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/logout.ts'
import { AppError } from '../lib/core/errors.ts'

export default class Logout extends ResultCommand {
  static override summary = 'log out: revoke the token and forget the account'
  static override description = 'Without --account the current one. One that is gone already is no error.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --account work --json',
  ]

  async run(): Promise<Result> {
    const { flags } = await this.parse(Logout)
    const accounts = await this.openAccounts()
    const name = flags.account ?? (await accounts.current())?.name
    if (name === undefined) throw new AppError('auth.required', 'you are not logged in anywhere')
    if ((await accounts.list()).some(account => account.name === name)) {
      const { revoke } = await import('../lib/cli/login.ts')
      const problem = await revoke(await this.openProvider({ account: name }), this.signal)
      if (problem !== undefined) this.warn(problem)
    }
    await accounts.remove(name)
    return this.show({ account: name }, () => `logged out of ${name}\n`)
  }
}
