import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planCreateToken } from '../../lib/cli/plan/local-platform.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/tokens/create.ts'
import { NEVER, parseExpiry } from '../../lib/cli/token-expiry.ts'
import { TOKEN_SCOPES } from '../../lib/providers/local-platform.ts'

export default class TokensCreate extends ResultCommand {
  static override summary = 'make an access token for the platform of this machine'
  static override description =
    'Prints the token, this once; it is used with `aloft login --token-stdin`. A token may `read`, also `deploy` and ' +
    'operate what is there, or also `write`: change and delete everything else and open shells.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> ci --scope deploy --expires 30d > token.txt',
    '<%= config.bin %> <%= command.id %> laptop --json',
  ]
  static override args = { name: textArgument({ description: 'what to call it', required: true }) }
  static override flags = {
    ...dryRunFlag,
    expires: Flags.string({
      default: '90d',
      description: `valid for so long, e.g. 30d, or \`${NEVER}\``,
      helpValue: 'DURATION',
    }),
    project: Flags.string({ char: 'p', description: 'for this project alone', helpValue: 'NAME' }),
    scope: Flags.option({ default: 'write', description: 'what it may do', options: TOKEN_SCOPES })(),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(TokensCreate)
    const expiresInSeconds = await parseExpiry(flags.expires)
    const platform = await this.runtime.openLocalPlatform()
    if (flags.project !== undefined) {
      await (await this.openProvider({ account: 'local' })).projects.get(flags.project, this.call)
    }
    const plan = await this.planned(flags, async () => planCreateToken(args.name, platform, this.call))
    if (plan) return plan
    const request = { expiresInSeconds, name: args.name, project: flags.project, scope: flags.scope }
    const created = await platform.tokens.create(request, this.call)
    return this.show(created, () => `${created.token}\n`)
  }
}
