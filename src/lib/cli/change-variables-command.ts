import type { VariableLevel } from '../core/model.ts'
import type { Provider, SetVariables } from '../providers/port.ts'
import { type FollowFlags, FollowingCommand } from './following-command.ts'
import { planVariables } from './plan/variables.ts'
import { renderEffect } from './render/variables.ts'
import { requirePart } from './require-part.ts'
import type { ChangedVariables } from './results/changed-variables.ts'
import type { TargetFlags } from './target.ts'
import { resolveScope } from './variable-scope.ts'

interface VariableChange extends Pick<SetVariables, 'set' | 'unset'> {
  readonly provider: Provider
  readonly flags: TargetFlags &
    FollowFlags & { readonly level?: VariableLevel | undefined; readonly 'dry-run'?: boolean | undefined }
}

/** `variables set` and `variables unset`. */
export abstract class ChangeVariablesCommand extends FollowingCommand {
  protected async change({ flags, provider, set, unset }: VariableChange): Promise<ChangedVariables> {
    const variables = requirePart(provider, 'variables')
    const environment = await resolveScope({ call: this.call, flags, provider }, this.runtime)
    const plan = await this.planned(flags, async () => planVariables({ environment, set, unset }, variables, this.call))
    if (plan) return plan
    const { activity, effect } = await variables.change({ environment, set, unset }, this.call)
    this.tell(renderEffect(effect))
    const names = [...set.map(({ name }) => name), ...unset]
    const done = activity && !flags['no-wait'] ? await this.follow({ activity, flags, provider }) : activity
    const result = { effect, names, ...(done ? { activity: done } : {}) }
    return this.show(result, () => (done && flags['no-wait'] ? `${done.id}\n` : `${names.join(' ')}\n`))
  }
}
