import { Args, Flags } from '@oclif/core'
import { LOCAL_KINDS } from '../lib/cli/exit-codes.ts'
import { renderHelp } from '../lib/cli/help/render-help.ts'
import { layoutOfStdout } from '../lib/cli/render/layout.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/help.ts'

export default class Help extends ResultCommand {
  static override summary = 'show help'
  static override description = 'For a command or a topic; without one, what there is.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> projects create',
  ]
  static override endsWith = LOCAL_KINDS
  static override args = { command: Args.string({ description: 'command or topic' }) }
  static override flags = {
    'nested-commands': Flags.boolean({ char: 'n', description: 'also the commands of topics' }),
  }
  static override strict = false

  async run(): Promise<Result> {
    const { argv, flags } = await this.parse(Help)
    const isColoured = !this.jsonEnabled() && layoutOfStdout(this.runtime).paint.level > 0
    const text = await renderHelp(this.config, argv.map(String), { all: flags['nested-commands'], isColoured })
    return this.show({ text }, () => text)
  }
}
