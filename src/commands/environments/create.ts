import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag, projectFlag } from '../../lib/cli/flags.ts'
import { planCreateEnvironment } from '../../lib/cli/plan/projects.ts'
import { environmentRecord } from '../../lib/cli/render/environments.ts'
import { requireOption } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/environments/create.ts'
import { ENVIRONMENT_TYPES } from '../../lib/core/model.ts'

export default class EnvironmentsCreate extends ResultCommand {
  static override summary = 'create an environment'
  static override description = 'With a parent it gets the variables of the parent.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> preview --project shop --type development',
    '<%= config.bin %> <%= command.id %> feature-1 --project shop --parent main --json',
  ]
  static override args = { name: textArgument({ description: 'environment name', required: true }) }
  static override flags = {
    ...projectFlag,
    ...dryRunFlag,
    parent: Flags.string({ description: 'environment it belongs under' }),
    type: Flags.option({ description: 'what it is for', options: ENVIRONMENT_TYPES })(),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(EnvironmentsCreate)
    const provider = await this.openProvider(flags)
    const { create, parents, types } = provider.environments.support
    requireOption(create, provider, 'creating environments')
    requireOption(parents || flags.parent === undefined, provider, 'environments with a parent')
    requireOption(
      flags.type === undefined || types.includes(flags.type),
      provider,
      `environments of type ${flags.type}`,
    )
    const target = await this.target({ environment: args.name, project: flags.project }, provider)
    const request = { ...target, parent: flags.parent, type: flags.type }
    const plan = await this.planned(flags, async () => planCreateEnvironment(request, provider, this.call))
    return plan ?? this.show(await provider.environments.create(request, this.call), environmentRecord)
  }
}
