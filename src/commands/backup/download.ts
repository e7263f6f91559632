import { Flags } from '@oclif/core'
import { resolve } from 'node:path'
import { textArgument } from '../../lib/cli/arguments.ts'
import { BackupCommand } from '../../lib/cli/backups/backup-command.ts'
import { BACKUP_HELP } from '../../lib/cli/backups/flags.ts'
import { createTransferReport } from '../../lib/cli/backups/transfer-report.ts'
import { dryRunFlag, targetFlags } from '../../lib/cli/flags.ts'
import { planDownload } from '../../lib/cli/plan/backups.ts'
import { requireOption, requirePart } from '../../lib/cli/require-part.ts'
import type { Result } from '../../lib/cli/results/backup/download.ts'

export default class BackupDownload extends BackupCommand {
  static override summary = 'download a backup as one portable file'
  static override description =
    'A bundle: a tar of a manifest, the dumps and the files, to be uploaded anywhere. A download that was cut is gone on with, ' +
    'by itself and, unless it is encrypted, by the next call; at the end the SHA-256 of every part is checked. --out - writes ' +
    'the bytes to stdout.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> latest --project shop --environment main',
    '<%= config.bin %> <%= command.id %> latest --out - > shop.tar',
    '<%= config.bin %> <%= command.id %> bkp_01jz8k3x2m7q5n9r4t --encrypt-to age1… --out shop.tar.age --json',
  ]
  static override args = { backup: textArgument({ description: BACKUP_HELP, required: true }) }
  static override flags = {
    ...targetFlags,
    ...dryRunFlag,
    'encrypt-to': Flags.string({
      description: 'encrypt it for this recipient of age (again for more); --identity of upload decrypts it',
      helpValue: 'RECIPIENT',
      multiple: true,
      multipleNonGreedy: true,
    }),
    out: Flags.string({
      char: 'o',
      description: 'where to, - for stdout (default: named by its id)',
      helpValue: 'FILE',
    }),
  }

  async run(): Promise<Result | undefined> {
    const { args, flags } = await this.parse(BackupDownload)
    const provider = await this.openProvider(flags)
    const backups = requirePart(provider, 'backups')
    requireOption(backups.support.download, provider, 'downloading backups')
    const recipients = flags['encrypt-to'] ?? []
    const toStdout = flags.out === '-'
    const { refuseStdout } = await import('../../lib/cli/backups/download-to-stdout.ts')
    if (toStdout) refuseStdout(this.runtime.terminal, this.jsonEnabled())
    const backup = await this.backup(args.backup, provider, flags)
    const { id } = backup
    const file = flags.out ?? `${id}.tar${recipients.length > 0 ? '.age' : ''}`
    const plan = await this.planned(flags, async () => planDownload(backup, file))
    if (plan) return plan
    const { downloadEncrypted, downloadFile, downloadStream } = await import('../../lib/cli/backups/download.ts')
    const tell = (line: string): void => this.tell(line)
    const onProgress = createTransferReport('received', tell, this.runtime.clock)
    const download = { backups, call: this.call, id, onProgress, tell }
    if (toStdout) {
      await downloadStream(download, { recipients, write: chunk => this.runtime.write(chunk) })
      return undefined
    }
    const path = resolve(this.runtime.directory, file)
    const encrypted = recipients.length > 0
    const bytes = encrypted
      ? await downloadEncrypted(download, { file: path, recipients })
      : await downloadFile(download, path)
    this.tell('every part has the SHA-256 that the manifest says')
    return this.show({ backup: id, bytes, encrypted, file }, () => `${file}\n`)
  }
}
