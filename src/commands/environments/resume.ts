import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag, followFlags, targetFlags } from '../../lib/cli/flags.ts'
import { PauseCommand } from '../../lib/cli/pause-command.ts'
import type { Result } from '../../lib/cli/results/environments/resume.ts'

export default class EnvironmentsResume extends PauseCommand {
  static override summary = 'start what runs in a paused environment'
  static override description = 'It runs as it did before it was paused, with its data of then.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> feature-1 --project shop',
    '<%= config.bin %> <%= command.id %> --project shop --environment feature-1 --dry-run',
  ]
  static override args = { name: textArgument({ description: 'environment name' }) }
  static override flags = { ...targetFlags, ...dryRunFlag, ...followFlags }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(EnvironmentsResume)
    return this.change({ flags, name: args.name, verb: 'resume' })
  }
}
