import { Flags } from '@oclif/core'
import { basename, resolve } from 'node:path'
import { textArgument } from '../../lib/cli/arguments.ts'
import { createTransferReport } from '../../lib/cli/backups/transfer-report.ts'
import { dryRunFlag, followFlags, targetFlags } from '../../lib/cli/flags.ts'
import { FollowingCommand } from '../../lib/cli/following-command.ts'
import { planUpload } from '../../lib/cli/plan/backups.ts'
import { find } from '../../lib/cli/plan/find.ts'
import { renderBytes } from '../../lib/cli/render/bytes.ts'
import { renderMade } from '../../lib/cli/render/made-backup.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/backup/upload.ts'
import { printTarget } from '../../lib/cli/target-name.ts'
import { requireTarget } from '../../lib/cli/target.ts'

export default class BackupUpload extends FollowingCommand {
  static override summary = 'make a backup of a file'
  static override description =
    'Takes a downloaded bundle, and what the clouds hand out: a database .gz or volume .tgz of Liferay Cloud, a dump of ' +
    'Platform.sh. All of it is checked before it counts as a backup. An upload that was cut goes on by itself, and by the ' +
    'next call with the same file. Prints the id.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> shop.tar --project shop --environment main',
    '<%= config.bin %> <%= command.id %> shop.tar.age --identity identity.txt --project shop --environment main --json',
  ]
  static override args = { file: textArgument({ description: 'what to upload', required: true }) }
  static override flags = {
    ...targetFlags,
    ...dryRunFlag,
    ...followFlags,
    identity: Flags.string({ description: 'file with the identity of age that decrypts it', helpValue: 'FILE' }),
    label: Flags.string({ description: 'what it is for (default: the name of the file)', helpValue: 'TEXT' }),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(BackupUpload)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    requireOption(backups.support.upload, provider, 'uploading backups')
    const { openUpload } = await import('../../lib/cli/backups/upload-source.ts')
    const inDirectory = (file: string): string => resolve(this.runtime.directory, file)
    const source = await openUpload(inDirectory(args.file), flags.identity && inDirectory(flags.identity))
    const environment = await this.target(flags, provider)
    const isThere = await find(
      requireTarget(environment, provider, this.call).then(() => true),
      'not-found.project',
      'not-found.environment',
    )
    const name = printTarget(environment)
    if (!isThere) this.warn(`there is no ${name} yet: its backup can be restored into another one with --to`)
    const { bytes } = source
    const plan = await this.planned(flags, async () => planUpload(args.file, { bytes, environment }))
    if (plan) return plan
    const tell = (line: string): void => this.tell(line)
    const report = createTransferReport('sent', tell, this.runtime.clock)
    const onResume = (sent: number): void => tell(`resumes at ${renderBytes(sent)}`)
    const request = { ...source, environment, label: flags.label ?? basename(args.file) }
    const activity = await backups.upload(request, { ...this.call, onResume, onSent: sent => report(sent, bytes) })
    return this.finish({ activity, flags, provider }, done => {
      this.tell(
        `to restore it: aloft restore ${renderMade(done).trim()} --to ${isThere ? name : 'PROJECT/ENVIRONMENT'}`,
      )
      return renderMade(done)
    })
  }
}
