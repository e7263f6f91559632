import type { ChangePlan, PlannedStep } from '../plan/change-plan.ts'
import type { Layout } from './layout.ts'
import { type Column, renderTable } from './table.ts'

const columns: readonly Column<PlannedStep>[] = [
  { cell: step => step.action, head: 'action' },
  { cell: step => step.kind, head: 'kind' },
  { cell: step => step.name, head: 'name' },
  { cell: step => step.from ?? '', head: 'from' },
  { cell: step => step.to ?? '', head: 'to' },
]

export function renderChangePlan({ steps }: ChangePlan, layout: Layout): string {
  return steps.length === 0 ? '' : renderTable(steps, columns, layout)
}
