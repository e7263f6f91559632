import type { Call, SetVariables, Variables } from '../../providers/port.ts'
import { printTarget } from '../target-name.ts'
import type { PlannedStep } from './change-plan.ts'

/** Names only: a value may be a secret. @throws usage.variable, not-found.* */
export async function planVariables(request: SetVariables, variables: Variables, call: Call): Promise<PlannedStep[]> {
  const { environment, set, unset } = request
  const effect = await variables.plan(request, call)
  const { environment: name, project } = environment
  const place = name === undefined ? project : printTarget({ environment: name, project })
  const steps = [
    ...set.map(variable => ({ action: 'set', kind: 'variable', name: variable.name, to: place })),
    ...unset.map(variable => ({ action: 'unset', from: place, kind: 'variable', name: variable })),
  ]
  switch (effect) {
    case 'redeploys':
      return [...steps, { action: 'deploy again', kind: 'environment', name: place }]
    case 'restarts':
      return [...steps, { action: 'restart', kind: 'environment', name: place }]
    case 'waits':
      return steps
  }
}
