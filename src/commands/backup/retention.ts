import { Flags } from '@oclif/core'
import { dryRunFlag, targetFlags } from '../../lib/cli/flags.ts'
import { planRetention } from '../../lib/cli/plan/backups.ts'
import { retentionRecord } from '../../lib/cli/render/backups.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { Result } from '../../lib/cli/results/backup/retention.ts'

const count = (what: string, max: number) =>
  Flags.integer({ description: `keep the newest of each of so many ${what}`, helpValue: 'N', max, min: 0 })

export default class BackupRetention extends ResultCommand {
  static override summary = 'show or change which backups stay'
  static override description =
    'Without flags shows it. Of so many days, weeks and months that have backups, counted back, the newest one stays; the others ' +
    'go a day after they were made. Never the last good one, none made with --keep, and none that was uploaded.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --days 14 --weeks 8 --months 12 --json',
  ]
  static override flags = {
    ...targetFlags,
    ...dryRunFlag,
    days: count('days', 3650),
    months: count('months', 120),
    weeks: count('weeks', 520),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(BackupRetention)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    requireOption(backups.support.retention, provider, 'a retention of backups')
    const environment = await this.target(flags, provider)
    const now = await backups.retention(environment, this.call)
    const { days, months, weeks } = flags
    if ((days ?? months ?? weeks) === undefined) return this.show(now, retentionRecord)
    const wanted = { days: days ?? now.days, months: months ?? now.months, weeks: weeks ?? now.weeks }
    const plan = await this.planned(flags, async () => planRetention(environment, now, wanted))
    return plan ?? this.show(await backups.setRetention(environment, wanted, this.call), retentionRecord)
  }
}
