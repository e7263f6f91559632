import { ACTIVITY_RESULTS, ACTIVITY_STATES } from '../../../core/model.ts'
import type { ActivityChange, ActivityRecord, StepRecord } from '../port.ts'
import type { Secrets } from '../../../secrets/seal.ts'
import type { Row, Values } from './database.ts'
import {
  bytes,
  flag,
  given,
  integer,
  jsonColumn,
  optionalBytes,
  optionalText,
  optionalWord,
  text,
  word,
} from './rows.ts'

export const errorColumn = jsonColumn<NonNullable<ActivityRecord['error']>>('error')
export const lanesColumn = jsonColumn<ActivityRecord['lanes']>('lanes')
const lanesEnteredColumn = jsonColumn<ActivityRecord['lanesEntered']>('lanes_entered')
const lanesLeftColumn = jsonColumn<ActivityRecord['lanesLeft']>('lanes_left')
const outputColumn = jsonColumn<NonNullable<ActivityRecord['output']>>('output')
const waitingColumn = jsonColumn<NonNullable<ActivityRecord['waiting']>>('waiting')
const warningsColumn = jsonColumn<ActivityRecord['warnings']>('warnings')

export function inputContext(id: string): string {
  return `input of activity ${id}`
}

export function outputContext(activity: string, step: string): string {
  return `output of step ${step} of activity ${activity}`
}

export function toActivity(row: Row, steps: readonly StepRecord[], secrets: Secrets): ActivityRecord {
  const id = text(row, 'id')
  return {
    cancelRequestedAt: optionalText(row, 'cancel_requested_at'),
    committedAt: optionalText(row, 'committed_at'),
    createdAt: text(row, 'created_at'),
    createdBy: text(row, 'created_by'),
    description: text(row, 'description'),
    environment: optionalText(row, 'environment'),
    error: errorColumn.readOptional(row),
    finishedAt: optionalText(row, 'finished_at'),
    id,
    input: JSON.parse(secrets.open(bytes(row, 'input'), inputContext(id))),
    lanes: lanesColumn.read(row),
    lanesEntered: lanesEnteredColumn.read(row),
    lanesLeft: lanesLeftColumn.read(row),
    logEnded: flag(row, 'log_ended'),
    output: outputColumn.readOptional(row),
    phase: optionalText(row, 'phase'),
    project: optionalText(row, 'project'),
    result: optionalWord(row, 'result', ACTIVITY_RESULTS),
    sequence: integer(row, 'sequence'),
    startedAt: optionalText(row, 'started_at'),
    state: word(row, 'state', ACTIVITY_STATES),
    steps,
    type: text(row, 'type'),
    waiting: waitingColumn.readOptional(row),
    warnings: warningsColumn.read(row),
  }
}

export function toStep(row: Row, secrets: Secrets): StepRecord {
  const name = text(row, 'name')
  const output = optionalBytes(row, 'output')
  return {
    error: errorColumn.readOptional(row),
    finishedAt: optionalText(row, 'finished_at'),
    name,
    output: output && JSON.parse(secrets.open(output, outputContext(text(row, 'activity'), name))),
    startedAt: text(row, 'started_at'),
    state: word(row, 'state', ['running', 'done', 'failed']),
  }
}

/** Columns that a change sets. */
export function changedColumns(change: ActivityChange): Values {
  const { logEnded, waiting } = change
  return {
    ...given({
      cancel_requested_at: change.cancelRequestedAt,
      committed_at: change.committedAt,
      error: errorColumn.writeOptional(change.error),
      finished_at: change.finishedAt,
      lanes_entered: lanesEnteredColumn.writeOptional(change.lanesEntered),
      lanes_left: lanesLeftColumn.writeOptional(change.lanesLeft),
      log_ended: logEnded === undefined ? undefined : Number(logEnded),
      output: outputColumn.writeOptional(change.output),
      phase: change.phase,
      result: change.result,
      started_at: change.startedAt,
      state: change.state,
      warnings: warningsColumn.writeOptional(change.warnings),
    }),
    ...(waiting === undefined ? {} : { waiting: waitingColumn.writeOptional(waiting) }),
  }
}
