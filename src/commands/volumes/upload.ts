import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag, targetFlags } from '../../lib/cli/flags.ts'
import type { Result } from '../../lib/cli/results/volumes/upload.ts'
import { TransferVolumeCommand } from '../../lib/cli/transfer-volume-command.ts'

export default class VolumesUpload extends TransferVolumeCommand {
  static override summary = 'bring the files of a directory into a volume'
  static override description = 'Only what differs is sent. What a cut left undone is sent when it is asked for again.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> copy web --project shop --environment main',
    '<%= config.bin %> <%= command.id %> copy web --project shop --environment main --delete --dry-run',
  ]
  static override args = {
    directory: textArgument({ description: 'directory of this machine', required: true }),
    volume: textArgument({ description: 'volume name', required: true }),
  }
  static override flags = {
    ...targetFlags,
    ...dryRunFlag,
    delete: Flags.boolean({ description: 'also delete files of the volume that the directory does not have' }),
  }

  async run(): Promise<Result> {
    const { args, flags } = await this.parse(VolumesUpload)
    return this.transfer({ direction: 'upload', directory: args.directory, flags, volume: args.volume })
  }
}
