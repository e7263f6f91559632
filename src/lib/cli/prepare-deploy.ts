import { resolve } from 'node:path'
import { AppError, isAppError } from '../core/errors.ts'
import type { DeployStrategy, EnvironmentRef } from '../core/model.ts'
import { refuseDirectory } from '../source/refused-directories.ts'
import type { Call, DeployInput, DeployRequest, Provider } from '../providers/port.ts'
import { splitAssignment } from './assignments.ts'
import { requireOption, requirePart } from './require-part.ts'
import type { Runtime } from './runtime.ts'
import { printTarget } from './target-name.ts'

/** What the path is when none is given. */
const HERE = '.'

export interface DeployFlags {
  readonly build?: string | undefined
  readonly 'build-only'?: boolean | undefined
  readonly 'dry-run'?: boolean | undefined
  readonly message?: string | undefined
  readonly strategy?: DeployStrategy | undefined
  readonly variable?: readonly string[] | undefined
}

export interface PreparedDeploy {
  readonly directory: string
  readonly request: Omit<DeployRequest, 'environment'>
}

interface PrepareDeploy {
  readonly flags: DeployFlags
  readonly path: string
  readonly provider: Provider
}

/** Flags as a request, refused where the provider cannot do it. @throws unsupported.option, usage.flag, usage.source, usage.variable */
export function prepareDeploy({ flags, path, provider }: PrepareDeploy, runtime: Runtime): PreparedDeploy {
  const { support } = requirePart(provider, 'deploys')
  if (flags.build !== undefined && path !== HERE)
    throw new AppError('usage.flag', `${path} and --build ${flags.build} are two things to deploy`, {
      suggestions: [`aloft deploy ${path}`, `aloft deploy --build ${flags.build}`],
    })
  const directory = resolve(runtime.directory, path)
  const input: DeployInput =
    flags.build === undefined ? { directory, kind: 'source' } : { build: flags.build, kind: 'build' }
  if (input.kind === 'source') refuseDirectory(directory)
  const assignments = (flags.variable ?? []).map(splitAssignment)
  const { buildOnly, inputs, plan, variables } = support
  const what = input.kind === 'source' ? 'deploying a directory' : 'deploying a build'
  requireOption(inputs.includes(input.kind), provider, `${what} (it takes: ${inputs.join(', ')})`)
  requireOption(plan || flags['dry-run'] !== true, provider, '--dry-run')
  requireOption(buildOnly || flags['build-only'] !== true, provider, '--build-only')
  requireOption(variables || assignments.length === 0, provider, '--variable')
  return {
    directory,
    request: {
      buildOnly: flags['build-only'],
      input,
      message: flags.message,
      strategy: flags.strategy,
      variables: Object.fromEntries(assignments.map(({ name, value }) => [name, value])),
    },
  }
}

interface EnsureTarget {
  readonly environment: EnvironmentRef
  readonly provider: Provider
  readonly call: Call
}

/**
 * A deploy into what does not exist yet: asked on a terminal; without one the provider makes it, or it is refused.
 * @throws usage.input-required, not-found.*
 */
export async function ensureTarget({ call, environment, provider }: EnsureTarget, runtime: Runtime): Promise<void> {
  const { createsMissing } = requirePart(provider, 'deploys').support
  if (createsMissing && !runtime.terminal.interactive) return
  const missing = await missingPart({ call, environment, provider })
  if (missing === undefined) return
  const name = missing === 'project' ? (environment.project ?? '') : printTarget(environment)
  if (!runtime.terminal.interactive) throw mustBeCreated(missing, environment)
  if (!(await runtime.ask.confirm(`There is no ${missing} ${name} yet. Create it?`, call.signal))) {
    throw new AppError('usage.confirmation', `nothing was deployed: ${missing} ${name} does not exist`)
  }
  if (createsMissing) return
  const { project } = environment
  if (missing === 'project' && project !== undefined) await provider.projects.create({ name: project }, call)
  await provider.environments.create(environment, call)
}

async function missingPart({
  call,
  environment,
  provider,
}: EnsureTarget): Promise<'project' | 'environment' | undefined> {
  try {
    await provider.environments.get(environment, call)
    return undefined
  } catch (error) {
    if (isAppError(error) && error.code === 'not-found.project') return 'project'
    if (isAppError(error) && error.code === 'not-found.environment') return 'environment'
    throw error
  }
}

function mustBeCreated(missing: 'project' | 'environment', environment: EnvironmentRef): AppError {
  const { environment: name, project } = environment
  const inProject = project === undefined ? '' : ` --project ${project}`
  const create =
    missing === 'project' ? `aloft projects create ${project}` : `aloft environments create ${name}${inProject}`
  return new AppError(
    'usage.input-required',
    `${missing} ${printTarget(environment)} does not exist: create it first`,
    {
      details: { missing },
      suggestions: [create],
    },
  )
}
