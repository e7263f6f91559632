import { AppError } from '../../core/errors.ts'
import { tokenNameProblem } from '../../core/names.ts'
import type { LocalPlatform } from '../../providers/local-platform.ts'
import type { Call } from '../../providers/port.ts'
import type { PlannedStep } from './change-plan.ts'

/** Nothing when it runs already. @throws conflict.platform-version */
export async function planStart(platform: LocalPlatform, call: Call): Promise<PlannedStep[]> {
  return (await platform.status(call)) ? [] : [{ action: 'start', kind: 'platform', name: platform.dataDirectory }]
}

/** Nothing when none runs. */
export async function planStop(platform: LocalPlatform, all: boolean, call: Call): Promise<PlannedStep[]> {
  const status = await platform.status(call)
  const name = platform.dataDirectory
  if (!status) return []
  const environments = all ? [{ action: 'stop', from: String(status.environments), kind: 'environments', name }] : []
  return [...environments, { action: 'stop', from: `pid ${status.pid}`, kind: 'platform', name }]
}

/** @throws usage.name, conflict.exists */
export async function planCreateToken(name: string, { tokens }: LocalPlatform, call: Call): Promise<PlannedStep[]> {
  const problem = tokenNameProblem(name)
  if (problem !== undefined) throw new AppError('usage.name', problem)
  if ((await tokens.list(call)).some(token => token.name === name)) {
    throw new AppError('conflict.exists', `there is a token "${name}" already`)
  }
  return [{ action: 'create', kind: 'token', name }]
}

/** Nothing when there is no such token. */
export async function planRevokeToken(name: string, { tokens }: LocalPlatform, call: Call): Promise<PlannedStep[]> {
  return (await tokens.list(call)).filter(token => token.name === name).map(revocation)
}

function revocation({ name }: { readonly name: string }): PlannedStep {
  return { action: 'revoke', kind: 'token', name }
}
