import { Flags } from '@oclif/core'
import type { VariableLevel } from '../core/model.ts'
import type { Call, Provider, SetVariables } from '../providers/port.ts'
import { requireOption, requirePart } from './require-part.ts'
import type { Runtime } from './runtime.ts'
import { knownTarget, resolveEnvironment, resolveProject, type TargetFlags } from './target.ts'

const LEVELS = ['project', 'environment'] as const

export const levelFlag = {
  level: Flags.option({
    description: 'where the variable belongs (default: environment when one is named or linked)',
    options: LEVELS,
  })(),
}

interface ScopeRequest {
  readonly flags: TargetFlags & { readonly level?: VariableLevel | undefined }
  readonly provider: Provider
  readonly call: Call
}

/** Whose variables: the environment's when one is named or linked, else the project's. @throws unsupported.option */
export async function resolveScope(request: ScopeRequest, runtime: Runtime): Promise<SetVariables['environment']> {
  const { flags, provider } = request
  const known = await knownTarget(flags, runtime)
  const level = flags.level ?? (known.environment === undefined ? 'project' : 'environment')
  requireOption(
    requirePart(provider, 'variables').support.levels.includes(level),
    provider,
    `variables of the ${level}`,
  )
  if (level === 'project') return { project: await resolveProject(request, runtime) }
  const { environment, project } = await resolveEnvironment(request, runtime)
  return { environment, project: project ?? '' }
}
