import { textArgument } from '../../lib/cli/arguments.ts'
import { BaseCommand } from '../../lib/cli/base-command.ts'

export default class TokensRevoke extends BaseCommand {
  static override summary = 'end the validity of an access token'
  static override description = 'By its name. One that is gone already is no error.'
  static override examples = ['<%= config.bin %> <%= command.id %> ci', '<%= config.bin %> <%= command.id %> ci --json']
  static override args = { name: textArgument({ description: 'name of the token', required: true }) }

  async run(): Promise<object> {
    const { args } = await this.parse(TokensRevoke)
    const { tokens } = await this.runtime.openLocalPlatform()
    await tokens.revoke(args.name, this.call)
    return this.show({ name: args.name }, () => `revoked ${args.name}\n`)
  }
}
