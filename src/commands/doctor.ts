import { Flags } from '@oclif/core'
import { renderChecks } from '../lib/cli/render/doctor.ts'
import { layoutOfStdout } from '../lib/cli/render/layout.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/doctor.ts'
import { AppError } from '../lib/core/errors.ts'

export default class Doctor extends ResultCommand {
  static override summary = 'check that everything aloft needs is there'
  static override description =
    'Each problem with what to do about it. With --fix what is safe is done: directories closed to others, a platform that was ' +
    'killed started again. Exit code 7 when a check fails; warnings are no failures.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --fix --json']
  static override flags = { fix: Flags.boolean({ description: 'do what is safe about what is found' }) }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Doctor)
    const { repair, runChecks, toCheck } = await import('../lib/cli/doctor/checks.ts')
    const found = await runChecks(this.runtime, this.call)
    const fixed = flags.fix ? await repair(found) : []
    for (const name of fixed) this.tell(`fixed: ${name}`)
    const checks = (fixed.length === 0 ? found : await runChecks(this.runtime, this.call)).map(toCheck)
    const failed = checks.filter(({ state }) => state === 'failed')
    if (failed.length === 0)
      return this.show({ checks, fixed }, result => renderChecks(result.checks, layoutOfStdout(this.runtime)))
    if (!this.jsonEnabled()) this.runtime.write(renderChecks(checks, layoutOfStdout(this.runtime)))
    throw new AppError('failed.doctor', `failed: ${failed.map(({ name }) => name).join(', ')}`, {
      details: { checks, fixed },
      suggestions: failed.flatMap(({ fix }) => fix ?? []),
    })
  }
}
