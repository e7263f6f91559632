import { resolve } from 'node:path'
import type { VolumeProgress } from '../providers/port.ts'
import { createIntakeReport } from './intake-report.ts'
import { planVolume } from './plan/volumes.ts'
import { renderTransfer } from './render/volumes.ts'
import { requirePart } from './require-part.ts'
import { ResultCommand } from './result-command.ts'
import type { Result } from './results/volumes/download.ts'
import type { ProviderChoice } from './runtime.ts'
import type { TargetFlags } from './target.ts'

interface TransferRequest {
  readonly direction: 'download' | 'upload'
  readonly directory: string
  readonly volume: string
  readonly flags: TargetFlags & ProviderChoice & { readonly delete: boolean; readonly 'dry-run'?: boolean | undefined }
}

/** `volumes download` and `volumes upload`. */
export abstract class TransferVolumeCommand extends ResultCommand {
  protected async transfer({ directory, flags, ...named }: TransferRequest): Promise<Result> {
    const provider = await this.openProvider(flags)
    const volumes = requirePart(provider, 'volumes')
    const environment = await this.target(flags, provider)
    const request = {
      ...named,
      directory: resolve(this.runtime.directory, directory),
      environment,
      mirror: flags.delete,
    }
    const plan = await this.planned(flags, async () => planVolume(request, volumes, this.call))
    if (plan) return plan
    const report = createIntakeReport(line => this.tell(line), this.runtime.clock)
    const onProgress = (progress: VolumeProgress): void => report({ ...progress, type: 'sent' })
    return this.show(await volumes.transfer(request, { ...this.call, onProgress }), renderTransfer)
  }
}
