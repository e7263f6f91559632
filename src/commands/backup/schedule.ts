import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { onlyFlag } from '../../lib/cli/backups/flags.ts'
import { dryRunFlag, targetFlags } from '../../lib/cli/flags.ts'
import { planSchedule } from '../../lib/cli/plan/backups.ts'
import { scheduleRecord } from '../../lib/cli/render/backups.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import { AppError } from '../../lib/core/errors.ts'
import type { Result } from '../../lib/cli/results/backup/schedule.ts'

const OFF = 'off'

export default class BackupSchedule extends ResultCommand {
  static override summary = 'show or change when backups are made by themselves'
  static override description =
    'Without an argument shows it. A run that was missed, because the platform was down, is made up once; each run is an activity ' +
    'of its own (aloft activities --type backup.create), failed ones too.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    `<%= config.bin %> <%= command.id %> '30 2 * * *' --time-zone Europe/Madrid`,
    '<%= config.bin %> <%= command.id %> off --json',
  ]
  static override args = {
    cron: textArgument({ description: 'minute, hour, day, month, day of week (H: any, always the same), or `off`' }),
  }
  static override flags = {
    ...targetFlags,
    ...onlyFlag,
    ...dryRunFlag,
    live: Flags.boolean({ description: 'do not hold what runs' }),
    'time-zone': Flags.string({ description: 'whose hours are meant (default: UTC)', helpValue: 'NAME' }),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(BackupSchedule)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    requireOption(backups.support.schedule, provider, 'a schedule of backups')
    if (args.cron === undefined) refuseLoneFlags(flags)
    const environment = await this.target(flags, provider)
    const now = await backups.schedule(environment, this.call)
    if (args.cron === undefined) return this.show(now ?? {}, scheduleRecord)
    const { 'time-zone': timeZone = 'UTC', live, only = [] } = flags
    const consistency = live ? 'live' : 'consistent'
    const wanted = args.cron === OFF ? undefined : ({ consistency, cron: args.cron, only, timeZone } as const)
    const plan = await this.planned(flags, async () => planSchedule(environment, now, wanted))
    if (plan) return plan
    return this.show((await backups.setSchedule(environment, wanted, this.call)) ?? {}, scheduleRecord)
  }
}

/** Without a schedule they would be lost without a word. @throws usage.flag */
function refuseLoneFlags(flags: {
  readonly live: boolean
  readonly only?: readonly string[] | undefined
  readonly 'time-zone'?: string | undefined
}): void {
  const lone = (['live', 'only', 'time-zone'] as const).find(name => flags[name])
  if (lone === undefined) return
  throw new AppError('usage.flag', `--${lone} is of a schedule, and none is named`, {
    suggestions: [`name it: aloft backup schedule '30 2 * * *' --${lone}`],
  })
}
