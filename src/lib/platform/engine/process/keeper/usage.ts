export interface Usage {
  readonly cpuPercent: number
  readonly memoryBytes: number
}

/** What a process takes, in `pidusage`'s words; `null` when it ended while it was asked, whatever the types say. */
export type Sample = { readonly cpu: number; readonly memory: number } | null | undefined

/** What the processes of an instance take together, without those that are gone. */
export function sumUsage(samples: readonly Sample[]): Usage {
  let [cpuPercent, memoryBytes] = [0, 0]
  for (const sample of samples) {
    cpuPercent += sample?.cpu ?? 0
    memoryBytes += sample?.memory ?? 0
  }
  return { cpuPercent, memoryBytes }
}
