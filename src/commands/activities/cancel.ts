import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planCancel } from '../../lib/cli/plan/activities.ts'
import { activityRecord } from '../../lib/cli/render/activities.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/activities/cancel.ts'

export default class ActivitiesCancel extends ResultCommand {
  static override summary = 'ask an activity to end'
  static override description = 'It ends at its next safe point; one that is past that refuses.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> act_01jz8k3x2m7q5n9r4t',
    '<%= config.bin %> <%= command.id %> act_01jz8k3x2m7q5n9r4t --json',
  ]
  static override args = { id: textArgument({ description: 'activity id', required: true }) }

  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(ActivitiesCancel)
    const provider = await this.openProvider(flags)
    const activities = requirePart(provider, 'activities')
    requireOption(activities.support.cancel, provider, 'cancelling')
    const plan = await this.planned(flags, async () => planCancel(args.id, activities, this.call))
    return plan ?? this.show(await activities.cancel(args.id, this.call), activityRecord)
  }
}
