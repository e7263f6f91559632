import { Flags } from '@oclif/core'
import { onlyFlag } from '../../lib/cli/backups/flags.ts'
import { dryRunFlag, followFlags, junitFlag, targetFlags } from '../../lib/cli/flags.ts'
import { FollowingCommand } from '../../lib/cli/following-command.ts'
import { planBackup } from '../../lib/cli/plan/backups.ts'
import { describeBackedUp, renderMade } from '../../lib/cli/render/made-backup.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/backup/index.ts'
import { printTarget } from '../../lib/cli/target-name.ts'

export default class Backup extends FollowingCommand {
  static override aliases = ['backup:create']
  static override summary = 'back up an environment: its databases and its files'
  static override description =
    'Consistent: requests wait for a moment while nothing writes, and what refers to each other fits together. With --live ' +
    'nothing waits, and each database and volume is consistent in itself. Prints the id; a backup counts as made only when ' +
    'its checksum was read back.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --project shop --environment main',
    '<%= config.bin %> <%= command.id %> --live --only files --label "before the sale" --keep --json',
  ]
  static override flags = {
    ...targetFlags,
    ...onlyFlag,
    ...dryRunFlag,
    ...followFlags,
    ...junitFlag,
    keep: Flags.boolean({ default: false, description: 'retention never deletes it' }),
    label: Flags.string({ description: 'what it is for', helpValue: 'TEXT' }),
    live: Flags.boolean({ description: 'do not hold what runs' }),
  }

  async run(): Promise<Result> {
    const { flags } = await this.parse(Backup)
    if (flags.junit !== undefined) await this.reportTo(flags.junit)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    const { keep, label, live, only = [] } = flags
    const consistency = live ? 'live' : 'consistent'
    const { support } = backups
    requireOption(support.consistency.includes(consistency), provider, `a ${consistency} backup`)
    requireOption(
      only.every(scope => support.only.includes(scope)),
      provider,
      `--only ${only.join(',')}`,
    )
    requireOption(support.label || label === undefined, provider, '--label')
    requireOption(support.keep || !keep, provider, '--keep')
    const environment = await this.target(flags, provider)
    const request = { consistency, environment, keep, label, only } as const
    const plan = await this.planned(flags, async () => planBackup(request, provider, this.call))
    if (plan) return plan
    const activity = await backups.create(request, this.call)
    if (!live) this.tell(`requests to ${printTarget(environment)} wait while it is backed up (not so with --live)`)
    return this.finish({ activity, flags, provider }, done => {
      for (const line of describeBackedUp(done)) this.tell(line)
      return renderMade(done)
    })
  }
}
