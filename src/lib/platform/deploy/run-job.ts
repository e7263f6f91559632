import type { ActivityContext } from '../activities/port.ts'
import type { Engine, JobResult, JobSpec } from '../engine/port.ts'

const LAST_LINES = 20

export interface JobReport {
  readonly result: JobResult
  /** "exited with code 3", "was killed by SIGKILL", … */
  readonly description: string
  readonly lastLines: readonly string[]
}

/**
 * Runs a job to its end, its lines going to the activity's log; cancelling the activity cancels the job. After a crash of
 * the platform the job that runs is taken up again, never run twice.
 */
export async function runJob(engine: Engine, context: ActivityContext, job: JobSpec): Promise<JobReport> {
  const cancel = (): void => void engine.cancel(job.environment, job.id).catch(() => undefined)
  context.signal.addEventListener('abort', cancel, { once: true })
  const lastLines: string[] = []
  try {
    // The signal only detaches; a cancelled job is followed to its end, so that nothing of it is left.
    const lines = engine.run(job, new AbortController().signal)
    let next = await lines.next()
    for (; !next.done; next = await lines.next()) {
      const { at, stream, text } = next.value
      context.log({ at, message: text, service: job.log.service, ...(stream === 'stderr' ? {} : { level: 'info' }) })
      lastLines.push(text)
      if (lastLines.length > LAST_LINES) lastLines.shift()
    }
    context.signal.throwIfAborted()
    return { description: describe(next.value), lastLines, result: next.value }
  } finally {
    context.signal.removeEventListener('abort', cancel)
  }
}

function describe(result: JobResult): string {
  switch (result.kind) {
    case 'exited':
      return `exited with code ${result.exitCode}`
    case 'killed':
      return `was killed by ${result.signal}`
    case 'timed-out':
      return 'took too long'
    case 'cancelled':
      return 'was cancelled'
    case 'lost':
      return 'was lost with its keeper; whether it did its work is not known'
  }
}
