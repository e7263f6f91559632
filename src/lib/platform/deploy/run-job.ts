import type { ActivityContext } from '../activities/port.ts'
import type { Engine, JobSpec } from '../engine/port.ts'
import { type JobReport, runToEnd } from '../engine/run-to-end.ts'

/**
 * Runs a job to its end, its lines going to the activity's log; cancelling the activity cancels the job. After a crash of
 * the platform the job that runs is taken up again, never run twice.
 */
export async function runJob(engine: Engine, context: ActivityContext, job: JobSpec): Promise<JobReport> {
  const report = await runToEnd(engine, job, {
    onLine: ({ at, stream, text }) =>
      context.log({ at, message: text, service: job.log.service, ...(stream === 'stderr' ? {} : { level: 'info' }) }),
    signal: context.signal,
  })
  context.signal.throwIfAborted()
  return report
}
