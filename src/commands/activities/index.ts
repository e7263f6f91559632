import { Flags } from '@oclif/core'
import { targetFlags } from '../../lib/cli/flags.ts'
import { listFlags } from '../../lib/cli/output/flags.ts'
import { activityList } from '../../lib/cli/render/activities.ts'
import { requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/activities/index.ts'
import { knownTarget, requireTarget } from '../../lib/cli/target.ts'
import { ACTIVITY_RESULTS, ACTIVITY_STATES } from '../../lib/core/model.ts'

const DEFAULT_LIMIT = 20

export default class Activities extends ResultCommand {
  static override aliases = ['activities:list']
  static override summary = 'list what changed or is changing, newest first'
  static override description =
    'Everything that changes something is an activity: deploys, restarts, deletions, cron runs.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --type deploy --result failure --limit 5 --json',
  ]
  static override flags = {
    ...targetFlags,
    ...listFlags(activityList),
    limit: Flags.integer({ default: DEFAULT_LIMIT, description: 'at most so many', min: 1 }),
    result: Flags.option({ description: 'only with this result', options: ACTIVITY_RESULTS })(),
    state: Flags.option({ description: 'only in this state', options: ACTIVITY_STATES })(),
    type: Flags.string({ description: 'only of this type, e.g. deploy' }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Activities)
    const provider = await this.openProvider(flags)
    const activities = requirePart(provider, 'activities')
    const { environment, project } = await knownTarget(flags, this.runtime)
    const { limit, result, state, type } = flags
    const filter = { environment, limit, project, result, state, type }
    const list = await Array.fromAsync(take(activities.list(filter, this.call), limit))
    // those of what was deleted stay: only without any is the name in doubt
    if (list.length === 0) await requireTarget({ environment, project }, provider, this.call)
    return this.show(list, activityList)
  }
}

async function* take<T>(items: AsyncIterable<T>, limit: number): AsyncIterable<T> {
  let count = 0
  for await (const item of items) {
    yield item
    if (++count >= limit) return
  }
}
