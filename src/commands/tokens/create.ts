import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { BaseCommand } from '../../lib/cli/base-command.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planCreateToken } from '../../lib/cli/plan/local-platform.ts'
import type { Result } from '../../lib/cli/results/tokens/create.ts'
import { parseDuration } from '../../lib/cli/times.ts'

export default class TokensCreate extends BaseCommand {
  static override summary = 'make an access token for the platform of this machine'
  static override description = 'Prints the token, this once. It is used with `aloft login --token-stdin`.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ci --expires 30d > token.txt',
    '<%= config.bin %> <%= command.id %> laptop --json',
  ]
  static override args = { name: textArgument({ description: 'what to call it', required: true }) }
  static override flags = {
    ...dryRunFlag,
    expires: Flags.string({ description: 'valid for so long, e.g. 30d', helpValue: 'DURATION' }),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(TokensCreate)
    const ms = flags.expires === undefined ? undefined : await parseDuration(flags.expires, 'expires')
    const platform = await this.runtime.openLocalPlatform()
    const plan = await this.planned(flags, async () => planCreateToken(args.name, platform, this.call))
    if (plan) return plan
    const expiresInSeconds = ms === undefined ? undefined : Math.max(1, Math.round(ms / 1000))
    const created = await platform.tokens.create({ expiresInSeconds, name: args.name }, this.call)
    return this.show(created, () => `${created.token}\n`)
  }
}
