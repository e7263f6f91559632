import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { findClone } from '../../lib/cli/find-clone.ts'
import { dryRunFlag, followFlags, projectFlag } from '../../lib/cli/flags.ts'
import { FollowingCommand } from '../../lib/cli/following-command.ts'
import { planCreateEnvironment } from '../../lib/cli/plan/projects.ts'
import { renderStarted } from '../../lib/cli/render/activities.ts'
import { environmentRecord } from '../../lib/cli/render/environments.ts'
import { requireOption } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/environments/create.ts'
import { ENVIRONMENT_TYPES } from '../../lib/core/model.ts'

export default class EnvironmentsCreate extends FollowingCommand {
  static override summary = 'create an environment, empty or from its parent'
  static override description =
    'With a parent it gets the variables, the code and the data of the parent: the same builds, under addresses of its own.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> preview --project shop --type development',
    '<%= config.bin %> <%= command.id %> feature-1 --project shop --parent main --no-data --json',
  ]
  static override args = { name: textArgument({ description: 'environment name', required: true }) }
  static override flags = {
    ...projectFlag,
    ...dryRunFlag,
    ...followFlags,
    'no-data': Flags.boolean({ dependsOn: ['parent'], description: 'without the data of the parent' }),
    parent: Flags.string({ description: 'environment it belongs under and is made from' }),
    type: Flags.option({ description: 'what it is for', options: ENVIRONMENT_TYPES })(),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(EnvironmentsCreate)
    const provider = await this.openProvider(flags)
    const { environments } = provider
    const { create, parents, types } = environments.support
    requireOption(create, provider, 'creating environments')
    requireOption(parents || flags.parent === undefined, provider, 'environments with a parent')
    requireOption(
      flags.type === undefined || types.includes(flags.type),
      provider,
      `environments of type ${flags.type}`,
    )
    const target = await this.target({ environment: args.name, project: flags.project }, provider)
    const request = { ...target, data: !flags['no-data'], parent: flags.parent, type: flags.type }
    const plan = await this.planned(flags, async () => planCreateEnvironment(request, provider, this.call))
    if (plan) return plan
    const clone = await findClone(request, provider, this.call)
    if (!clone) return this.show(await environments.create(request, this.call), environmentRecord)
    const activity = await environments.clone(clone.request, this.call)
    if (flags['no-wait']) return this.show(activity, renderStarted)
    await this.follow({ activity, flags, provider })
    return this.show(await environments.get(target, this.call), environmentRecord)
  }
}
