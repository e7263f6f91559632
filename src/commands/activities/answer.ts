import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag } from '../../lib/cli/flags.ts'
import { planAnswer } from '../../lib/cli/plan/activities.ts'
import { activityRecord } from '../../lib/cli/render/activities.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/activities/answer.ts'

export default class ActivitiesAnswer extends ResultCommand {
  static override summary = 'answer an activity that waits for a person'
  static override description = 'The valid answers are in `aloft activities show ID`.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> act_01jz8k3x2m7q5n9r4t continue',
    '<%= config.bin %> <%= command.id %> act_01jz8k3x2m7q5n9r4t abort --json',
  ]
  static override args = {
    id: textArgument({ description: 'activity id', required: true }),
    answer: textArgument({ description: 'one of the answers it accepts', required: true }),
  }

  static override flags = dryRunFlag

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(ActivitiesAnswer)
    const provider = await this.openProvider(flags)
    const activities = requirePart(provider, 'activities')
    requireOption(activities.support.answer, provider, 'answering')
    const plan = await this.planned(flags, async () => planAnswer(args, activities, this.call))
    return plan ?? this.show(await activities.answer(args.id, args.answer, this.call), activityRecord)
  }
}
