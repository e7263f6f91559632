import { AppError } from '../../core/errors.ts'
import type { EnvironmentRef } from '../../core/model.ts'
import type { Call, Provider, SyncEnvironment } from '../../providers/port.ts'
import { printTarget } from '../target-name.ts'
import type { PlannedStep } from './change-plan.ts'
import { notDeployed } from './not-deployed.ts'
import { paused } from './paused.ts'

/** Nothing when it is paused already. @throws not-found.*, conflict.not-deployed */
export async function planPause(target: EnvironmentRef, provider: Provider, call: Call): Promise<PlannedStep[]> {
  return (await isPaused(target, provider, call)) ? [] : [step('pause', target)]
}

/** Nothing when it runs. @throws not-found.*, conflict.not-deployed */
export async function planResume(target: EnvironmentRef, provider: Provider, call: Call): Promise<PlannedStep[]> {
  return (await isPaused(target, provider, call)) ? [step('resume', target)] : []
}

/** @throws not-found.*, conflict.no-parent, conflict.not-deployed, conflict.paused */
export async function planSync(request: SyncEnvironment, provider: Provider, call: Call): Promise<PlannedStep[]> {
  const { code, data, project, safetyBackup } = request
  const name = printTarget(request)
  const { deployment, parent, status } = await provider.environments.get(request, call)
  if (parent === undefined) throw new AppError('conflict.no-parent', `${name} has no parent`)
  const source = { environment: parent, project }
  const above = await provider.environments.get(source, call)
  if (deployment === undefined) throw notDeployed(request)
  if (status === 'paused') throw paused(request)
  if (data && above.status === 'paused') throw paused(source)
  if (above.deployment === undefined) throw notDeployed(source)
  return [
    ...(data && safetyBackup ? [step('back up', request)] : []),
    ...(data ? [{ ...step('copy data', request), from: parent }] : []),
    ...(code ? [{ ...step('deploy', request), from: above.deployment }] : []),
  ]
}

async function isPaused(target: EnvironmentRef, provider: Provider, call: Call): Promise<boolean> {
  const { deployment, status } = await provider.environments.get(target, call)
  if (deployment === undefined) throw notDeployed(target)
  return status === 'paused'
}

function step(action: string, target: EnvironmentRef): PlannedStep {
  return { action, kind: 'environment', name: printTarget(target) }
}
