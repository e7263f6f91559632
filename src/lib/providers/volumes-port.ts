import type { EnvironmentRef, Volume, VolumeTransfer } from '../core/model.ts'
import type { Call } from './call.ts'

export interface TransferVolume {
  /** From this machine, or to it. */
  readonly direction: 'upload' | 'download'
  readonly environment: EnvironmentRef
  readonly volume: string
  /** Of this machine. */
  readonly directory: string
  /** What the source does not have is deleted at the target. */
  readonly mirror: boolean
}

export interface VolumeProgress {
  readonly files: number
  readonly bytes: number
  readonly totalBytes: number
}

export interface VolumePlan {
  readonly send: readonly { readonly path: string; readonly bytes: number }[]
  readonly remove: readonly string[]
  readonly unchanged: number
}

export type VolumeCall = Call & { readonly onProgress?: ((progress: VolumeProgress) => void) | undefined }

/** Only what differs is sent; what a cut left undone is sent when it is asked for again. */
export interface Volumes {
  list(environment: EnvironmentRef, call: Call): Promise<readonly Volume[]>
  /** What `transfer` would do. Changes nothing. @throws not-found.volume, not-found.file */
  plan(request: TransferVolume, call: Call): Promise<VolumePlan>
  /** @throws not-found.volume, not-found.file, usage.volume-path, failed.volume */
  transfer(request: TransferVolume, call: VolumeCall): Promise<VolumeTransfer>
}
