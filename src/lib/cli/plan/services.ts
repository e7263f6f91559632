import type { EnvironmentRef, Formation } from '../../core/model.ts'
import type { Call, Provider } from '../../providers/port.ts'
import { printFormation } from '../formation.ts'
import { requirePart } from '../require-part.ts'
import { selectServices } from '../select-services.ts'
import type { PlannedStep } from './change-plan.ts'
import { notDeployed } from './not-deployed.ts'

interface Restart {
  readonly environment: EnvironmentRef
  /** All when none is named. */
  readonly services: readonly string[]
}

/** @throws not-found.*, conflict.not-deployed */
export async function planRestart(
  { environment, services: wanted }: Restart,
  provider: Provider,
  call: Call,
): Promise<PlannedStep[]> {
  const all = await requirePart(provider, 'services').list(environment, call)
  const { deployment } = await provider.environments.get(environment, call)
  if (all.length === 0 && deployment === undefined) throw notDeployed(environment)
  const chosen = wanted.length > 0 ? all : all.filter(({ kind }) => kind !== 'managed')
  return selectServices(chosen, wanted).map(({ name }) => ({ action: 'restart', kind: 'service', name }))
}

/** The services whose formation changes. */
export function planFormation(now: readonly Formation[], wanted: readonly Formation[]): PlannedStep[] {
  return wanted.flatMap(formation => {
    const before = now.find(({ service }) => service === formation.service)
    const [from, to] = [before && printFormation(before), printFormation(formation)]
    return from === to ? [] : [{ action: 'scale', from, kind: 'service', name: formation.service, to }]
  })
}
