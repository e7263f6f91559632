import type { Activity } from '../../core/model.ts'
import type { ActivityRecord } from '../store/port.ts'

/** What the world sees of an activity: neither its input nor what its steps returned. */
export function toActivity(record: ActivityRecord): Activity {
  const { steps } = record
  return {
    ...summary(record),
    steps: steps.map(({ finishedAt, name, startedAt, state }) => ({ finishedAt, name, startedAt, state })),
  }
}

/** Without steps, for lists. */
export function summary(record: ActivityRecord): Activity {
  return {
    createdAt: record.createdAt,
    createdBy: record.createdBy,
    description: record.description,
    environment: record.environment,
    error: record.error,
    finishedAt: record.finishedAt,
    id: record.id,
    output: record.output,
    phase: record.phase,
    project: record.project,
    result: record.result,
    startedAt: record.startedAt,
    state: record.state,
    type: record.type,
    waiting: record.waiting,
  }
}
