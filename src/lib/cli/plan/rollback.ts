import { AppError } from '../../core/errors.ts'
import type { Deployment, EnvironmentRef } from '../../core/model.ts'
import type { Call, Deploys } from '../../providers/port.ts'
import { printTarget } from '../target-name.ts'
import type { PlannedStep } from './change-plan.ts'
import { notDeployed } from './not-deployed.ts'

interface Rollback {
  readonly environment: EnvironmentRef
  readonly deployment?: string | undefined
}

/** @throws not-found.*, conflict.not-deployed */
export async function planRollback(request: Rollback, deploys: Deploys, call: Call): Promise<PlannedStep[]> {
  const { deployment, environment } = request
  const all = await Array.fromAsync(deploys.list(environment, call))
  const live = all.find(({ status }) => status === 'live')
  if (!live) throw notDeployed(environment)
  const target = deployment === undefined ? before(all, live) : named(all, request)
  return [{ action: 'roll back', from: live.id, kind: 'environment', name: printTarget(environment), to: target.id }]
}

function before(all: readonly Deployment[], live: Deployment): Deployment {
  const found = all
    .filter(({ createdAt, status }) => status === 'superseded' && createdAt <= live.createdAt)
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))[0]
  if (found) return found
  throw new AppError('not-found.deployment', 'there is no deployment before the live one')
}

function named(all: readonly Deployment[], { deployment, environment }: Rollback): Deployment {
  const possible = all.filter(({ status }) => status !== 'failed')
  const found = possible.find(({ id }) => id === deployment)
  if (found) return found
  const name = printTarget(environment)
  throw new AppError('not-found.deployment', `${name} has no deployment "${deployment}" to go back to`, {
    suggestions: possible.slice(0, 5).map(({ id }) => `aloft rollback ${id}`),
  })
}
