import { basename } from 'node:path'
import { AppError } from '../core/errors.ts'
import type { EnvironmentRef } from '../core/model.ts'
import { nameProblem } from '../core/names.ts'
import type { Call, Provider } from '../providers/port.ts'
import { readLink } from './link-file.ts'
import type { Runtime } from './runtime.ts'

/** Flags and environment variables, which oclif has merged in that order. */
export interface TargetFlags {
  readonly project?: string | undefined
  readonly environment?: string | undefined
}

export interface ResolveTarget {
  readonly flags: TargetFlags
  readonly provider: Provider
  readonly call: Call
  /** Deploy only: the directory whose name may be the project's. */
  readonly fallback?: string | undefined
}

export interface Target {
  /** Absent where environments belong to the infrastructure. */
  readonly project?: string | undefined
  readonly environment?: string | undefined
  /** Said on stderr when it was not named but derived. */
  readonly notice?: string | undefined
}

const DEFAULT_ENVIRONMENT = 'main'

/** What flags, variables and the link name, without asking for the rest. */
export async function knownTarget(flags: TargetFlags, runtime: Runtime): Promise<Target> {
  const link = await readLink(runtime.directory)
  const project = flags.project ?? link?.project
  // the link's environment belongs to the link's project
  const linked = project === link?.project ? link?.environment : undefined
  return { environment: flags.environment ?? linked, project }
}

/** @throws not-found.project, not-found.environment with the nearest names */
export async function requireTarget(
  { environment, project }: TargetFlags,
  provider: Provider,
  call: Call,
): Promise<void> {
  if (environment !== undefined && (project !== undefined || !provider.environments.support.belongToProject)) {
    await provider.environments.get({ environment, project }, call)
  } else if (project !== undefined) await provider.projects.get(project, call)
}

/** Flags > environment variables > link > question. @throws usage.input-required naming the flag and the valid values */
export async function resolveProject(request: ResolveTarget, runtime: Runtime): Promise<string> {
  const { project } = await knownTarget(request.flags, runtime)
  return project ?? choose(request, runtime, { list: projectNames(request), what: 'project' })
}

/** As `resolveProject`, for both. Where environments do not belong to projects the project stays away. */
export async function resolveEnvironment(
  request: ResolveTarget,
  runtime: Runtime,
): Promise<EnvironmentRef & { readonly notice?: string | undefined }> {
  const known = await knownTarget(request.flags, runtime)
  const derived = request.fallback === undefined ? undefined : deriveTarget(known, request.fallback)
  if (derived?.environment !== undefined) return { ...derived, environment: derived.environment }
  const { belongToProject } = request.provider.environments.support
  const project = belongToProject ? (known.project ?? (await resolveProject(request, runtime))) : undefined
  const environment =
    known.environment ??
    (await choose(request, runtime, { list: environmentNames(request, project), what: 'environment' }))
  return { environment, project }
}

function deriveTarget(known: Target, directory: string): Target | undefined {
  const project = known.project ?? toName(basename(directory))
  if (project === undefined) return undefined
  const environment = known.environment ?? DEFAULT_ENVIRONMENT
  if (known.project !== undefined && known.environment !== undefined) return { environment, project }
  return { environment, notice: `project ${project}, environment ${environment} (change with -p and -e)`, project }
}

/** The directory's name as a valid one; undefined when nothing valid is left. */
function toName(text: string): string | undefined {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '')
  return nameProblem(name) === undefined ? name : undefined
}

interface Question {
  readonly what: 'project' | 'environment'
  readonly list: AsyncIterable<string>
}

async function choose({ call }: ResolveTarget, runtime: Runtime, { list, what }: Question): Promise<string> {
  const values = await Array.fromAsync(list)
  if (runtime.terminal.interactive && values.length > 0) {
    const choices = values.map(value => ({ value }))
    return runtime.ask.select(`Which ${what}?`, choices, call.signal)
  }
  const flag = `--${what}`
  const valid = values.length > 0 ? `one of ${values.join(', ')}` : `there is none yet`
  throw new AppError('usage.input-required', `${flag} is needed (${valid})`, {
    details: { flag: what, values },
    suggestions: [`pass ${flag} NAME`, `set ALOFT_${what.toUpperCase()}`, 'bind this directory: aloft link'],
  })
}

async function* projectNames({ call, provider }: ResolveTarget): AsyncIterable<string> {
  for await (const { name } of provider.projects.list(call)) yield name
}

async function* environmentNames(
  { call, provider }: ResolveTarget,
  project: string | undefined,
): AsyncIterable<string> {
  for await (const { name } of provider.environments.list(project, call)) yield name
}
