import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag, targetFlags } from '../../lib/cli/flags.ts'
import type { Result } from '../../lib/cli/results/volumes/download.ts'
import { TransferVolumeCommand } from '../../lib/cli/transfer-volume-command.ts'

export default class VolumesDownload extends TransferVolumeCommand {
  static override summary = 'bring the files of a volume to a directory'
  static override description = 'Only what differs is sent. What a cut left undone is sent when it is asked for again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> web --project shop --environment main --out copy',
    '<%= config.bin %> <%= command.id %> web --project shop --environment main --dry-run --json',
  ]
  static override args = {
    volume: textArgument({ description: 'volume name', required: true }),
  }
  static override flags = {
    ...targetFlags,
    ...dryRunFlag,
    delete: Flags.boolean({ description: 'also delete files of the directory that the volume does not have' }),
    out: Flags.string({
      char: 'o',
      description: 'where to; a directory of the name of the volume unless said',
      helpValue: 'DIRECTORY',
    }),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(VolumesDownload)
    return this.transfer({ direction: 'download', directory: flags.out ?? args.volume, flags, volume: args.volume })
  }
}
