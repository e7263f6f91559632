import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planRevokeToken } from '../../lib/cli/plan/local-platform.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/tokens/revoke.ts'

export default class TokensRevoke extends ResultCommand {
  static override summary = 'end the validity of an access token'
  static override description = 'By its name. One that is gone already is no error.'
  static override examples = ['<%= config.bin %> <%= command.id %> ci', '<%= config.bin %> <%= command.id %> ci --json']
  static override args = { name: textArgument({ description: 'name of the token', required: true }) }
  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(TokensRevoke)
    const platform = await this.runtime.openLocalPlatform()
    const plan = await this.planned(flags, async () => planRevokeToken(args.name, platform, this.call))
    if (plan) return plan
    await platform.tokens.revoke(args.name, this.call)
    return this.show({ name: args.name }, () => `revoked ${args.name}\n`)
  }
}
