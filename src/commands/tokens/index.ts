import { listFlags } from '../../lib/cli/output/flags.ts'
import { tokenList } from '../../lib/cli/render/platform.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/tokens/index.ts'

export default class Tokens extends ResultCommand {
  static override aliases = ['tokens:list']
  static override summary = 'list the access tokens of the platform of this machine'
  static override description = 'Names and times; the tokens themselves are shown only when they are made.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']
  static override flags = listFlags(tokenList)

  async run(): Promise<Result> {
    await this.parse(Tokens)
    const { tokens } = await this.runtime.openLocalPlatform()
    return this.show(await tokens.list(this.call), tokenList)
  }
}
