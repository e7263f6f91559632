import type { Column } from '../output/view.ts'
import type { ChangePlan, PlannedStep } from '../plan/change-plan.ts'
import type { Layout } from './layout.ts'
import { renderTable } from './table.ts'

const columns: readonly Column<PlannedStep>[] = [
  { cell: step => step.action, name: 'action' },
  { cell: step => step.kind, name: 'kind' },
  { cell: step => step.name, name: 'name' },
  { cell: step => step.from ?? '', isFlexible: true, name: 'from' },
  { cell: step => step.to ?? '', isFlexible: true, name: 'to' },
]

export async function renderChangePlan({ steps }: ChangePlan, layout: Layout): Promise<string> {
  return steps.length === 0 ? '' : renderTable(steps, columns, layout)
}
