import { statfs } from 'node:fs/promises'
import { AppError } from '../../core/errors.ts'
import type { Engine, JobLine, JobSpec } from '../engine/port.ts'
import { type JobReport, runToEnd } from '../engine/run-to-end.ts'
import type { BuildLine } from './build-request.ts'
import type { BuildStep } from './build-steps.ts'

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
  const onStepLine = (line: JobLine): void => onLine({ ...line, step: step.name })
  const report = await runToEnd(engine, job, { onLine: onStepLine, signal })
  if (signal.aborted) throw cancelled()
  await conclude(run, report)
}

async function conclude({ directory, step }: StepRun, { description, lastLines, result }: JobReport): Promise<void> {
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
  throw new AppError('failed.build', `the build step ${step.name} ${description}`, {
    details: { exitCode, lastLines, phase: 'build', step: step.name },
    suggestions: ['read the build log: `aloft activities log`'],
  })
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
