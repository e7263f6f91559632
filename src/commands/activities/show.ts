import { textArgument } from '../../lib/cli/arguments.ts'
import { recordFlags } from '../../lib/cli/output/flags.ts'
import { activityRecord } from '../../lib/cli/render/activities.ts'
import { requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/activities/show.ts'

export default class ActivitiesShow extends ResultCommand {
  static override summary = 'show one activity with its steps'
  static override description = 'State, result, phase, error and what it waits for.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> act_01jz8k3x2m7q5n9r4t',
    '<%= config.bin %> <%= command.id %> act_01jz8k3x2m7q5n9r4t --json',
  ]
  static override args = { id: textArgument({ description: 'activity id', required: true }) }
  static override flags = recordFlags(activityRecord)

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(ActivitiesShow)
    const provider = await this.openProvider(flags)
    return this.show(await requirePart(provider, 'activities').get(args.id, this.call), activityRecord)
  }
}
