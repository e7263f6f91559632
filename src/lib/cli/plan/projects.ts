import { AppError } from '../../core/errors.ts'
import type { Environment, EnvironmentRef } from '../../core/model.ts'
import { nameProblem } from '../../core/names.ts'
import type { Call, CreateEnvironment, Provider } from '../../providers/port.ts'
import { type Clone, findClone } from '../find-clone.ts'
import { printTarget } from '../target-name.ts'
import type { PlannedStep } from './change-plan.ts'
import { find } from './find.ts'

/** @throws usage.name, conflict.exists */
export async function planCreateProject(
  { name, title }: { readonly name: string; readonly title?: string | undefined },
  provider: Provider,
  call: Call,
): Promise<PlannedStep[]> {
  checkName(name)
  if (await find(provider.projects.get(name, call), 'not-found.project')) {
    throw new AppError('conflict.exists', `there is a project "${name}" already`)
  }
  return [{ action: 'create', kind: 'project', name, to: title }]
}

/** With its environments, children first; nothing when there is no such project. */
export async function planDeleteProject(name: string, provider: Provider, call: Call): Promise<PlannedStep[]> {
  if (!(await find(provider.projects.get(name, call), 'not-found.project'))) return []
  const environments = await Array.fromAsync(provider.environments.list(name, call))
  const depth = ({ parent }: Environment): number => {
    const above = environments.find(each => each.name === parent)
    return above ? depth(above) + 1 : 0
  }
  return [
    ...environments
      .toSorted((a, b) => depth(b) - depth(a))
      .map(each => deletion('environment', printTarget({ environment: each.name, project: name }))),
    deletion('project', name),
  ]
}

/** @throws usage.name, conflict.exists, not-found.project, not-found.environment (the parent) */
export async function planCreateEnvironment(
  request: CreateEnvironment & { readonly data: boolean },
  provider: Provider,
  call: Call,
): Promise<PlannedStep[]> {
  const { environment, parent, project, type } = request
  if (project !== undefined) await provider.projects.get(project, call)
  checkName(environment)
  if (parent !== undefined) await provider.environments.get({ environment: parent, project }, call)
  const clone = await findClone(request, provider, call)
  if (await find(provider.environments.get(request, call), 'not-found.environment')) {
    throw new AppError('conflict.exists', `there is an environment "${environment}" already`)
  }
  return [
    { action: 'create', kind: 'environment', name: printTarget(request), to: type },
    ...(clone ? cloning(clone, printTarget(request)) : []),
  ]
}

function cloning({ deployment, request: { data, parent } }: Clone, name: string): PlannedStep[] {
  return [
    ...(data ? [{ action: 'copy data', from: parent, kind: 'environment', name }] : []),
    { action: 'deploy', from: deployment, kind: 'environment', name },
  ]
}

/** Nothing when there is no such environment. @throws conflict.has-children */
export async function planDeleteEnvironment(
  { lastBackup, ...target }: EnvironmentRef & { readonly lastBackup: boolean },
  provider: Provider,
  call: Call,
): Promise<PlannedStep[]> {
  const found = await find(provider.environments.get(target, call), 'not-found.project', 'not-found.environment')
  if (!found) return []
  const all = await Array.fromAsync(provider.environments.list(target.project, call))
  const children = all.filter(({ parent }) => parent === target.environment).map(({ name }) => name)
  if (children.length > 0) {
    throw new AppError('conflict.has-children', `${target.environment} is the parent of ${children.join(', ')}`, {
      suggestions: ['delete those first'],
    })
  }
  const name = printTarget(target)
  const backup = { action: 'back up', kind: 'environment', name, to: 'last backup, when it has data' }
  return [...(lastBackup && found.deployment !== undefined ? [backup] : []), deletion('environment', name)]
}

function deletion(kind: string, name: string): PlannedStep {
  return { action: 'delete', kind, name }
}

function checkName(name: string): void {
  const problem = nameProblem(name)
  if (problem !== undefined) throw new AppError('usage.name', problem)
}
