import type { EnvironmentRef } from '../../core/model.ts'
import type { Call, Provider } from '../../providers/port.ts'
import { printTarget } from '../target-name.ts'
import type { PlannedStep } from './change-plan.ts'
import { notDeployed } from './not-deployed.ts'

/** Nothing when it is paused already. @throws not-found.*, conflict.not-deployed */
export async function planPause(target: EnvironmentRef, provider: Provider, call: Call): Promise<PlannedStep[]> {
  return (await isPaused(target, provider, call)) ? [] : [step('pause', target)]
}

/** Nothing when it runs. @throws not-found.*, conflict.not-deployed */
export async function planResume(target: EnvironmentRef, provider: Provider, call: Call): Promise<PlannedStep[]> {
  return (await isPaused(target, provider, call)) ? [step('resume', target)] : []
}

async function isPaused(target: EnvironmentRef, provider: Provider, call: Call): Promise<boolean> {
  const { deployment, status } = await provider.environments.get(target, call)
  if (deployment === undefined) throw notDeployed(target)
  return status === 'paused'
}

function step(action: string, target: EnvironmentRef): PlannedStep {
  return { action, kind: 'environment', name: printTarget(target) }
}
