import { readFileSync } from 'node:fs'

const POLL_MS = 5

export interface PeakMemory {
  /** Stops looking; the peak in bytes, undefined where there is no procfs. */
  stop(): number | undefined
}

/**
 * Watches a process and its descendants: the highest resident set of any one of them. The kernel keeps the peak itself
 * (`VmHWM`, proc_pid_status(5)), so that polling misses only what grows in the last few milliseconds before an end.
 */
export function watchPeakMemory(pid: number): PeakMemory {
  let peak: number | undefined
  const look = (): void => {
    for (const each of processTree(pid)) {
      const bytes = readPeak(each)
      if (bytes !== undefined) peak = Math.max(peak ?? 0, bytes)
    }
  }
  const timer = setInterval(look, POLL_MS)
  return {
    stop: () => {
      clearInterval(timer)
      return peak
    },
  }
}

function processTree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(processTree)]
}

function readPeak(pid: number): number | undefined {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}
