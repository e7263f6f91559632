import type { ChangeEffect, Variable } from '../../core/model.ts'
import { type Column, listView } from '../output/view.ts'
import { renderTime } from './relative-time.ts'

const columns: readonly Column<Variable>[] = [
  { cell: variable => variable.name, name: 'name' },
  { cell: variable => (variable.secret ? '(secret)' : (variable.value ?? '')), name: 'value' },
  { cell: variable => variable.level + (variable.inherited ? ' (inherited)' : ''), name: 'level' },
  { cell: renderVisibility, name: 'visible' },
  { cell: (variable, layout) => renderTime(variable.updatedAt, layout), name: 'updated' },
]

export const variableList = listView(columns)

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
