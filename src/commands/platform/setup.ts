import { Args, Flags } from '@oclif/core'
import { AppError } from '../../lib/core/errors.ts'
import { layoutOfStdout } from '../../lib/cli/render/layout.ts'
import { renderSetup } from '../../lib/cli/render/setup.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/platform/setup.ts'
import type { SetupPlan } from '../../lib/cli/setup/plan.ts'
import type { ServiceProgram } from '../../lib/config/service-programs.ts'

export default class PlatformSetup extends ResultCommand {
  static override summary = 'install the programs that managed services run'
  static override description =
    'Databases, caches, queues and search, and what isolates instances, as packages of Debian or Ubuntu by apt-get: says ' +
    'which are missing and asks first. As root; elsewhere it says what to type. What the packages start by themselves is ' +
    'stopped and disabled again: environments run servers of their own.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> postgresql redis --dry-run --json',
  ]
  static override strict = false
  static override args = {
    type: Args.string({ description: 'only for this type of service (again for more); all otherwise' }),
  }
  static override flags = {
    'dry-run': Flags.boolean({ description: 'only say what would be installed' }),
    yes: Flags.boolean({ description: 'install without asking', char: 'y' }),
  }

  async run(): Promise<Result> {
    const { argv, flags } = await this.parse(PlatformSetup)
    const { planSetup } = await import('../../lib/cli/setup/plan.ts')
    const types = argv.map(String)
    const path = this.runtime.environment['PATH']
    const plan = planSetup(types, path)
    const { missing } = plan
    if (missing.length === 0 || flags['dry-run'])
      return this.show(toResult(plan), value => renderSetup(value, layoutOfStdout(this.runtime)))
    await this.#install(plan, flags.yes)
    return this.show(toResult(planSetup(types, path), missing), value =>
      renderSetup(value, layoutOfStdout(this.runtime)),
    )
  }

  async #install({ line, missing, obstacle }: SetupPlan, isAgreed: boolean): Promise<void> {
    const names = missing.map(each => each.package).join(' ')
    if (obstacle !== undefined)
      throw new AppError('failed.tool-missing', `not installed: ${names}: ${obstacle}`, { suggestions: [line] })
    if (!isAgreed) await this.#ask(names)
    const { installPackages } = await import('../../lib/cli/setup/debian.ts')
    this.tell(`installing ${names}`)
    await installPackages(missing, { onLine: text => this.tell(text), signal: this.call.signal })
  }

  async #ask(names: string): Promise<void> {
    const { ask, terminal } = this.runtime
    if (!terminal.interactive)
      throw new AppError('usage.input-required', `this installs ${names}: pass --yes`, {
        details: { flag: 'yes' },
        suggestions: ['aloft platform setup --yes', 'aloft platform setup --dry-run'],
      })
    if (await ask.confirm(`Install ${names} with apt-get?`, this.call.signal)) return
    throw new AppError('usage.confirmation', 'nothing was installed')
  }
}

function toResult({ line, missing, packages }: SetupPlan, installed: readonly ServiceProgram[] = []): Result {
  const isNew = new Set(installed.map(each => each.package))
  return {
    ...(missing.length > 0 ? { command: line } : {}),
    packages: packages.map(each =>
      each.state === 'present' && isNew.has(each.package) ? { ...each, state: 'installed' } : each,
    ),
  }
}
