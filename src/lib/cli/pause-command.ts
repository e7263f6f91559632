import { type FollowFlags, FollowingCommand } from './following-command.ts'
import { planPause, planResume } from './plan/environments.ts'
import { requireOption } from './require-part.ts'
import type { Result } from './results/environments/pause.ts'
import type { ProviderChoice } from './runtime.ts'
import type { TargetFlags } from './target.ts'
import { printTarget } from './target-name.ts'

interface PauseRequest {
  readonly verb: 'pause' | 'resume'
  /** The environment, in place of the flag. */
  readonly name: string | undefined
  readonly flags: TargetFlags & ProviderChoice & FollowFlags & { readonly 'dry-run'?: boolean | undefined }
}

/** `environments pause` and `environments resume`. */
export abstract class PauseCommand extends FollowingCommand {
  protected async change({ flags, name, verb }: PauseRequest): Promise<Result> {
    const provider = await this.openProvider(flags)
    requireOption(provider.environments.support.pause, provider, 'pausing environments')
    const named = { environment: name ?? flags.environment, project: flags.project }
    const environment = await this.target(named, provider)
    const planOf = verb === 'pause' ? planPause : planResume
    const plan = await this.planned(flags, async () => planOf(environment, provider, this.call))
    if (plan) return plan
    const activity = await provider.environments[verb](environment, this.call)
    return this.finish({ activity, flags, provider }, () => `${verb}d ${printTarget(environment)}\n`)
  }
}
