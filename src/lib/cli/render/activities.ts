import type { Activity } from '../../core/model.ts'
import type { Layout } from './layout.ts'
import { renderDuration, renderTime } from './relative-time.ts'
import { type Column, renderFacts, renderTable } from './table.ts'

const columns: readonly Column<Activity>[] = [
  { cell: activity => activity.id, head: 'id' },
  { cell: activity => activity.type, head: 'type' },
  { cell: activity => [activity.project, activity.environment].filter(Boolean).join('/'), head: 'environment' },
  { cell: renderOutcome, head: 'state' },
  { cell: (activity, layout) => renderTime(activity.createdAt, layout), head: 'created' },
  { cell: activity => activity.createdBy, head: 'by' },
]

const stepColumns: readonly Column<NonNullable<Activity['steps']>[number]>[] = [
  { cell: step => step.name, head: 'step' },
  { cell: step => step.state, head: 'state' },
  { cell: (step, layout) => renderDuration(step.startedAt, step.finishedAt, layout.now), head: 'took' },
]

export function renderActivities(activities: readonly Activity[], layout: Layout): string {
  return renderTable(activities, columns, layout)
}

export function renderActivity(activity: Activity, layout: Layout): string {
  const { createdBy, description, environment, error, finishedAt, id, phase, project, startedAt, type, waiting } =
    activity
  const facts = renderFacts(
    [
      ['id', id],
      ['type', type],
      ['description', description],
      ['project', project],
      ['environment', environment],
      ['state', renderOutcome(activity, layout)],
      ['phase', phase],
      ['error', error && `${error.code}: ${error.message}`],
      ['waits for', waiting?.message],
      ['answers', waiting?.answers.map(answer => `${answer.id} (${answer.label})`).join(', ')],
      ['by', createdBy],
      ['created', renderTime(activity.createdAt, layout)],
      ['took', renderDuration(startedAt, finishedAt, layout.now)],
    ],
    layout,
  )
  const { steps = [] } = activity
  return steps.length === 0
    ? facts
    : `${facts}${layout.isTerminal ? '\n' : ''}${renderTable(steps, stepColumns, layout)}`
}

function renderOutcome({ result, state }: Activity, { paint }: Layout): string {
  if (state !== 'finished') return state === 'waiting' ? paint.yellow(state) : state
  switch (result) {
    case 'success':
      return paint.green(result)
    case 'warning':
      return paint.yellow(result)
    case 'failure':
    case 'cancelled':
      return paint.red(result)
    case undefined:
      return state
  }
}

/** The answer of commands that started something and did not wait. */
export function renderStarted({ id }: Activity): string {
  return `${id}\n`
}
