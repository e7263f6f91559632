import { renderVerification } from '../../lib/cli/render/audit.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/audit/verify.ts'
import { AppError } from '../../lib/core/errors.ts'

export default class AuditVerify extends ResultCommand {
  static override summary = 'check that the record of calls is whole and unchanged'
  static override description =
    'Each entry is tied to the one before it with a key that only the platform has. A changed, removed or added entry ' +
    'is named, and the exit code is 7.'
  static override examples = ['<%= config.bin %> <%= command.id %>', '<%= config.bin %> <%= command.id %> --json']

  async run(): Promise<Result> {
    await this.parse(AuditVerify)
    const { audit } = await this.runtime.openLocalPlatform()
    const { problem, ...verified } = await audit.verify(this.call)
    if (!problem) return this.show(verified, renderVerification)
    const { file, line, reason } = problem
    const place = line === undefined ? file : `${file}, line ${line}`
    throw new AppError('failed.audit', `the record of calls is not as it was written: ${place}: ${reason}`, {
      details: { ...problem, ...verified },
      suggestions: ['compare the file with a copy from a backup'],
    })
  }
}
