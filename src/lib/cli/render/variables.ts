import type { ChangeEffect, Variable } from '../../core/model.ts'
import type { Layout } from './layout.ts'
import { renderTime } from './relative-time.ts'
import { type Column, renderTable } from './table.ts'

const columns: readonly Column<Variable>[] = [
  { cell: variable => variable.name, head: 'name' },
  { cell: variable => (variable.secret ? '(secret)' : (variable.value ?? '')), head: 'value' },
  { cell: variable => variable.level + (variable.inherited ? ' (inherited)' : ''), head: 'level' },
  { cell: renderVisibility, head: 'visible' },
  { cell: (variable, layout) => renderTime(variable.updatedAt, layout), head: 'updated' },
]

export function renderVariables(variables: readonly Variable[], layout: Layout): string {
  return renderTable(variables, columns, layout)
}

function renderVisibility({ visibleAtBuild, visibleAtRuntime }: Variable): string {
  return [visibleAtBuild ? 'build' : '', visibleAtRuntime ? 'runtime' : ''].filter(Boolean).join(',')
}

const EFFECTS: Readonly<Record<ChangeEffect, string>> = {
  redeploys: 'the environment is deployed again with it',
  restarts: 'the services are restarted with it',
  waits: 'it takes effect with the next deployment',
}

export function renderEffect(effect: ChangeEffect): string {
  return EFFECTS[effect]
}
