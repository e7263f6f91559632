import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { textArgument } from '../../lib/cli/arguments.ts'
import { dryRunFlag, targetFlags } from '../../lib/cli/flags.ts'
import { createIntakeReport } from '../../lib/cli/intake-report.ts'
import { planVolume } from '../../lib/cli/plan/volumes.ts'
import { renderTransfer } from '../../lib/cli/render/volumes.ts'
import { requirePart } from '../../lib/cli/require-part.ts'
import { ResultCommand } from '../../lib/cli/result-command.ts'
import type { VolumeProgress } from '../../lib/providers/port.ts'
import type { Result } from '../../lib/cli/results/volumes/upload.ts'

export default class VolumesUpload extends ResultCommand {
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
    const provider = await this.openProvider(flags)
    const volumes = requirePart(provider, 'volumes')
    const environment = await this.target(flags, provider)
    const request = {
      direction: 'upload',
      directory: resolve(this.runtime.directory, args.directory),
      environment,
      mirror: flags.delete,
      volume: args.volume,
    } as const
    const plan = await this.planned(flags, async () => planVolume(request, volumes, this.call))
    if (plan) return plan
    const report = createIntakeReport(line => this.tell(line), this.runtime.clock)
    const onProgress = (progress: VolumeProgress): void => report({ ...progress, type: 'sent' })
    return this.show(await volumes.transfer(request, { ...this.call, onProgress }), renderTransfer)
  }
}
