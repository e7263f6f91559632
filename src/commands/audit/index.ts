import { Flags } from '@oclif/core'
import { listFlags } from '../../lib/cli/output/flags.ts'
import { auditList } from '../../lib/cli/render/audit.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/audit/index.ts'
import { parseTime } from '../../lib/cli/times.ts'

export default class Audit extends ResultCommand {
  static override aliases = ['audit:list']
  static override summary = 'list the calls that were made to the platform of this machine'
  static override description = 'Newest first: who, what, when and how it was answered. Refused calls stand there too.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --since 1h',
    '<%= config.bin %> <%= command.id %> --token ci --lines 20 --json',
  ]
  static override flags = {
    ...listFlags(auditList),
    lines: Flags.integer({ char: 'n', default: 100, description: 'at most so many', max: 10_000, min: 1 }),
    since: Flags.string({ description: 'only calls since then: a time, or how long ago (10m)', helpValue: 'TIME' }),
    token: Flags.string({ description: 'only calls with this token', helpValue: 'NAME' }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Audit)
    const now = this.runtime.clock.now()
    const since = flags.since === undefined ? undefined : await parseTime(flags.since, 'since', now)
    const { audit } = await this.runtime.openLocalPlatform()
    return this.show(await audit.list({ limit: flags.lines, since, token: flags.token }, this.call), auditList)
  }
}
