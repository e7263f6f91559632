/** Files that outlive instances. */
export interface Volume {
  /** `uploads`; `uploads@web.1` where each instance has its own. */
  readonly name: string
  /** Where its files show. None: kept, though nothing of the live deployment mounts it any more. */
  readonly mounts: readonly VolumeMount[]
  /** What its files take on disk. */
  readonly bytes: number
  readonly files: number
  /** As the project's files ask for it. */
  readonly quotaBytes?: number | undefined
  /** Whether the file system refuses what goes beyond that; absent without a quota. */
  readonly enforced?: boolean | undefined
}

export interface VolumeMount {
  readonly service: string
  /** Relative to the service's application. */
  readonly path: string
}

/** What bringing one side in line with the other took. */
export interface VolumeTransfer {
  readonly volume: string
  /** Files that were sent, and their bytes. */
  readonly files: number
  readonly bytes: number
  /** Files that were the same already. */
  readonly unchanged: number
  readonly removed: number
  /** Links and other entries that are no files: they stay where they are. */
  readonly passedOver: number
}
