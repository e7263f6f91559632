import { renderChecks } from '../lib/cli/render/doctor.ts'
import { layoutOfStdout } from '../lib/cli/render/layout.ts'
import { ResultCommand } from '../lib/cli/result-command.ts'
import type { Result } from '../lib/cli/results/doctor.ts'
import { AppError } from '../lib/core/errors.ts'

export default class Doctor extends ResultCommand {
  static override summary = 'check that everything aloft needs is there'
  static override description =
    'Each problem with what to do about it. Exit code 7 when a check fails; warnings are no failures.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<Result> {
    await this.parse(Doctor)
    const { runChecks } = await import('../lib/cli/doctor/checks.ts')
    const checks = await runChecks(this.runtime, this.call)
    const failed = checks.filter(({ state }) => state === 'failed')
    if (failed.length === 0)
      return this.show({ checks }, result => renderChecks(result.checks, layoutOfStdout(this.runtime)))
    if (!this.jsonEnabled()) this.runtime.write(renderChecks(checks, layoutOfStdout(this.runtime)))
    throw new AppError('failed.doctor', `failed: ${failed.map(({ name }) => name).join(', ')}`, {
      details: { checks },
      suggestions: failed.flatMap(({ fix }) => fix ?? []),
    })
  }
}
