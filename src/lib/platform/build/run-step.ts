import { statfs } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import type { Engine, JobResult, JobSpec } from '../engine/port.ts'
import type { BuildLine } from './build-request.ts'
import type { BuildStep } from './build-steps.ts'

const LAST_LINES = 20
/** Fewer free bytes than this after a failure: that was the reason. */
const DISK_FULL_BYTES = 1024 * 1024

export interface StepRun {
  readonly engine: Engine
  readonly step: BuildStep
  readonly job: JobSpec
  /** A directory on the disk that is written. */
  readonly directory: string
  readonly signal: AbortSignal
  readonly onLine: (line: BuildLine) => void
}

/**
 * Runs one command of a build to its end.
 * @throws failed.build with phase, step, exit code and last lines; failed.disk-full; failed.cancelled when the signal aborts;
 * failed.interrupted when the keeper was lost
 */
export async function runStep(run: StepRun): Promise<void> {
  const { engine, job, onLine, signal, step } = run
  if (signal.aborted) throw cancelled()
  const cancel = (): void => void engine.cancel(job.environment, job.id).catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  const lastLines: string[] = []
  try {
    // the signal of a job only detaches: cancelling ends it, and its end is waited for
    const lines = engine.run(job, new AbortController().signal)
    let next = await lines.next()
    for (; !next.done; next = await lines.next()) {
      onLine({ ...next.value, step: step.name })
      lastLines.push(next.value.text)
      if (lastLines.length > LAST_LINES) lastLines.shift()
    }
    if (signal.aborted) throw cancelled()
    await conclude(run, next.value, lastLines)
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

async function conclude(
  { directory, job, step }: StepRun,
  result: JobResult,
  lastLines: readonly string[],
): Promise<void> {
  if (result.kind === 'exited' && result.exitCode === 0) return
  if (result.kind === 'cancelled') throw cancelled()
  if (result.kind === 'lost')
    throw new AppError('failed.interrupted', `the build step ${step.name} was lost with the keeper that ran it`, {
      suggestions: ['deploy again'],
    })
  if (await isDiskFull(directory, lastLines))
    throw new AppError('failed.disk-full', `the disk was full in the build step ${step.name}`, {
      details: { lastLines, phase: 'build', step: step.name },
      suggestions: ['free some space, then deploy again'],
    })
  const exitCode = result.kind === 'exited' ? result.exitCode : undefined
  throw new AppError('failed.build', `the build step ${step.name} ${describe(result, job)}`, {
    details: { exitCode, lastLines, phase: 'build', step: step.name },
    suggestions: ['read the build log: `aloft activities log`'],
  })
}

function describe(result: Exclude<JobResult, { kind: 'cancelled' | 'lost' }>, job: JobSpec): string {
  if (result.kind === 'exited') return `exited with code ${result.exitCode}`
  if (result.kind === 'killed') return `was killed by ${result.signal}`
  return `took longer than ${Math.round(job.timeoutMs / 60_000)} minutes`
}

async function isDiskFull(directory: string, lastLines: readonly string[]): Promise<boolean> {
  if (lastLines.some(line => /ENOSPC|No space left on device/i.test(line))) return true
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize < DISK_FULL_BYTES
}

/** The error of a build that somebody cancelled. */
export function cancelled(): AppError {
  return new AppError('failed.cancelled', 'the build was cancelled', { suggestions: ['deploy again'] })
}
