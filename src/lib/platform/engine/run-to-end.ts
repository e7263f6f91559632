import type { Engine, JobLine, JobResult, JobSpec, JobStreams } from './port.ts'

const LAST_LINES = 20

export interface JobReport {
  readonly result: JobResult
  /** "exited with code 3", "was killed by SIGKILL", … */
  readonly description: string
  readonly lastLines: readonly string[]
}

export interface RunOptions {
  /** Aborting cancels the job; its end is waited for, so that nothing of it is left. */
  readonly signal: AbortSignal
  readonly onLine?: ((line: JobLine) => void) | undefined
  readonly streams?: JobStreams | undefined
}

/** Runs a job to its end, whatever that is. A job that runs already is followed, never run twice. */
export async function runToEnd(
  engine: Engine,
  job: JobSpec,
  { onLine, signal, streams }: RunOptions,
): Promise<JobReport> {
  const cancel = (): void => void engine.cancel(job.environment, job.id).catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  const lastLines: string[] = []
  try {
    // the signal of `run` only detaches
    const lines = engine.run(job, new AbortController().signal, streams)
    let next = await lines.next()
    for (; !next.done; next = await lines.next()) {
      onLine?.(next.value)
      lastLines.push(next.value.text)
      if (lastLines.length > LAST_LINES) lastLines.shift()
    }
    return { description: describe(next.value, job.timeoutMs), lastLines, result: next.value }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

function describe(result: JobResult, timeoutMs: number): string {
  switch (result.kind) {
    case 'exited':
      return `exited with code ${result.exitCode}`
    case 'killed':
      return `was killed by ${result.signal}`
    case 'timed-out':
      return `took longer than ${Math.round(timeoutMs / 60_000)} minutes`
    case 'cancelled':
      return 'was cancelled'
    case 'lost':
      return 'was lost with its keeper; whether it did its work is not known'
  }
}
