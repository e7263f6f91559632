import { Flags } from '@oclif/core'
import { textArgument } from '../lib/cli/arguments.ts'
import { dryRunFlag, followFlags, junitFlag, targetFlags } from '../lib/cli/flags.ts'
import { FollowingCommand } from '../lib/cli/following-command.ts'
import { createIntakeReport } from '../lib/cli/intake-report.ts'
import { describeDeployed, renderDeployed, renderPlan } from '../lib/cli/render/deploy.ts'
import { requirePart } from '../lib/cli/require-part.ts'
import type { Result } from '../lib/cli/results/deploy.ts'
import { DEPLOY_STRATEGIES } from '../lib/core/model.ts'

export default class Deploy extends FollowingCommand {
  static override summary = 'build and deploy a directory to an environment'
  static override description =
    'Without --project and --environment those of the linked directory, else a project named as the directory and its ' +
    'environment `main`. Follows the activity to its end; interrupting it ends only the following.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> . --project shop --environment staging --message "new prices"',
    '<%= config.bin %> <%= command.id %> --project shop --environment main --dry-run --json',
  ]
  static override args = { path: textArgument({ default: '.', description: 'directory to deploy' }) }
  static override flags = {
    ...targetFlags,
    build: Flags.string({ description: 'deploy this build instead of the directory', helpValue: 'ID' }),
    'build-only': Flags.boolean({ description: 'build and stop there', exclusive: ['build'] }),
    ...dryRunFlag,
    ...junitFlag,
    message: Flags.string({ char: 'm', description: 'what this deployment is about' }),
    ...followFlags,
    strategy: Flags.option({ description: 'how traffic moves to the new release', options: DEPLOY_STRATEGIES })(),
    variable: Flags.string({ description: 'set KEY=VALUE with this deployment (again for more)', multiple: true }),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(Deploy)
    if (flags.junit !== undefined) await this.reportTo(flags.junit)
    const provider = await this.openProvider(flags)
    const deploys = requirePart(provider, 'deploys')
    const { ensureTarget, prepareDeploy } = await import('../lib/cli/prepare-deploy.ts')
    const prepared = prepareDeploy({ flags, path: args.path, provider }, this.runtime)
    this.filesIn = prepared.directory
    const environment = await this.target(flags, provider, prepared.directory)
    const request = { ...prepared.request, environment }
    if (flags['dry-run']) {
      const plan = await deploys.plan(request, this.call)
      for (const warning of plan.warnings) this.warn(warning)
      return this.show(plan, renderPlan)
    }
    await ensureTarget({ call: this.call, environment, provider }, this.runtime)
    const onIntake = createIntakeReport(line => this.tell(line), this.runtime.clock)
    const activity = await deploys.start(request, { ...this.call, onIntake })
    return this.finish({ activity, flags, provider }, (done, layout) => {
      for (const line of describeDeployed(done)) this.tell(line)
      return renderDeployed(done, layout)
    })
  }
}
