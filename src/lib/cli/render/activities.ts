import type { Activity } from '../../core/model.ts'
import { type Column, listView, recordView } from '../output/view.ts'
import type { Layout } from './layout.ts'
import { renderDuration, renderTime } from './relative-time.ts'
import { renderFacts, renderTable } from './table.ts'

const columns: readonly Column<Activity>[] = [
  { cell: activity => activity.id, name: 'id' },
  { cell: activity => activity.type, name: 'type' },
  {
    cell: activity => [activity.project, activity.environment].filter(Boolean).join('/'),
    isPlace: true,
    name: 'environment',
  },
  { cell: renderOutcome, name: 'state' },
  { cell: (activity, layout) => renderTime(activity.createdAt, layout), name: 'created' },
  { cell: activity => activity.createdBy, name: 'by' },
]

const stepColumns: readonly Column<NonNullable<Activity['steps']>[number]>[] = [
  { cell: step => step.name, name: 'step' },
  { cell: step => step.state, name: 'state' },
  { cell: (step, layout) => renderDuration(step.startedAt, step.finishedAt, layout.now), name: 'took' },
]

export const activityList = listView(columns)

const facts: readonly Column<Activity>[] = [
  { cell: ({ id }) => id, name: 'id' },
  { cell: ({ type }) => type, name: 'type' },
  { cell: ({ description }) => description, name: 'description' },
  { cell: ({ project }) => project, name: 'project' },
  { cell: ({ environment }) => environment, name: 'environment' },
  { cell: renderOutcome, name: 'state' },
  { cell: ({ phase }) => phase, name: 'phase' },
  { cell: ({ error }) => error && `${error.code}: ${error.message}`, name: 'error' },
  { cell: ({ waiting }) => waiting?.message, name: 'waits-for' },
  { cell: ({ waiting }) => waiting?.answers.map(({ id, label }) => `${id} (${label})`).join(', '), name: 'answers' },
  { cell: ({ createdBy }) => createdBy, name: 'by' },
  { cell: ({ createdAt }, layout) => renderTime(createdAt, layout), name: 'created' },
  { cell: ({ finishedAt, startedAt }, { now }) => renderDuration(startedAt, finishedAt, now), name: 'took' },
]

/** The facts, and the steps below them. */
export const activityRecord = recordView(facts, async (activity, layout) => {
  const text = renderFacts(activity, facts, layout)
  const { steps = [] } = activity
  if (steps.length === 0) return text
  return `${text}${layout.isTerminal ? '\n' : ''}${await renderTable(steps, stepColumns, layout)}`
})

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
