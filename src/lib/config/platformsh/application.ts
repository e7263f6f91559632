import type { ApplicationSpec, MountSpec, RuntimeSpec, WorkerSpec } from '../environment-spec.ts'
import { toBuild } from './build.ts'
import { toCrons } from './crons.ts'
import { withEnvironmentScript } from './environment-script.ts'
import type { ApplicationContext, Family } from './family.ts'
import { toProbes } from './health.ts'
import { toMounts } from './mounts.ts'
import type { ApplicationInput, ExtendedInput, WorkerInput } from './schemas.ts'
import { mergeVariables, phpSettings, toVariables } from './variables.ts'
import { toWeb } from './web.ts'

/** How long a stopped process may take before it is killed. */
const GRACE_MS = 10_000

/** The application as the deploy plan takes it. */
export function toApplication(input: ApplicationInput, context: ApplicationContext): ApplicationSpec {
  const { family, name, root } = context
  const crons = toCrons(input.crons ?? {}, context)
  const mounts = toMounts(input.mounts ?? {}, { application: name, service: name })
  const workers = toWorkers(input, context)
  const runtime = withSettings(context.runtime, input)
  const variables = toVariables(input.variables ?? {}, family.variablesPrefix)
  return {
    ...sizing(input, mounts, family),
    build: { ...toBuild(input, runtime.name, context), variables },
    crons,
    dependencies: [],
    deploy: true,
    deployHookFailure: family.deployHookFailure,
    hooks: {
      deploy: withEnvironmentScript(input.hooks?.deploy, context),
      postDeploy: withEnvironmentScript(input.hooks?.post_deploy, context),
    },
    mounts,
    name,
    relationships: context.relationships,
    root,
    runtime,
    stop: { graceMs: GRACE_MS },
    timeZone: input.timezone ?? 'UTC',
    variables,
    variablesPrefix: family.variablesPrefix,
    web: input.web ? toWeb(input.web, runtime, context) : undefined,
    workers,
  }
}

function withSettings(runtime: RuntimeSpec, input: ApplicationInput): RuntimeSpec {
  return runtime.name === 'php' ? { ...runtime, settings: phpSettings(input.variables ?? {}) } : runtime
}

/** What has an instance's own files may exist only once, whatever the file asks for. */
function sizing(
  input: ApplicationInput,
  mounts: readonly MountSpec[],
  family: Family,
): Pick<ApplicationSpec, 'diskMb' | 'probes' | 'resources' | 'scale' | 'strategy'> {
  const extended = extras(input)
  const single = mounts.some(({ source }) => source === 'instance')
  return {
    probes: toProbes(extended.health ?? {}),
    ...(typeof input.disk === 'number' ? { diskMb: input.disk } : {}),
    resources: resources(extended),
    scale: extended.scale ?? 1,
    strategy: single ? 'recreate' : (extended.strategy ?? family.strategy),
  }
}

function toWorkers(input: ApplicationInput, context: ApplicationContext): WorkerSpec[] {
  return Object.entries(input.workers ?? {}).map(([key, worker]: [string, WorkerInput]) => {
    const owner = { application: context.name, service: context.workerNames.get(key) ?? key }
    const extended = extras(worker)
    return {
      mounts: toMounts(worker.mounts ?? input.mounts ?? {}, owner),
      name: owner.service,
      preStart: withEnvironmentScript(worker.commands.pre_start, context),
      relationships: context.workerRelationships.get(key),
      resources: worker.resources ? resources(extended) : resources(extras(input)),
      scale: extended.scale ?? 1,
      start: withEnvironmentScript(worker.commands.start, context) ?? '',
      variables: toVariables(
        mergeVariables(input.variables ?? {}, worker.variables ?? {}),
        context.family.variablesPrefix,
      ),
    }
  })
}

/** Our own additions; empty in the formats that do not have them. */
type Extras = Partial<Pick<ExtendedInput, 'health' | 'resources' | 'scale' | 'strategy'>>

function extras(input: ApplicationInput | WorkerInput): Extras {
  return {
    ...('health' in input ? { health: input.health } : {}),
    ...('scale' in input ? { scale: input.scale } : {}),
    ...('strategy' in input ? { strategy: input.strategy } : {}),
    ...(input.resources && ('cpu' in input.resources || 'memory' in input.resources)
      ? { resources: input.resources }
      : {}),
  }
}

function resources({ resources: wanted }: Extras): ApplicationSpec['resources'] {
  return { cpu: wanted?.cpu ?? undefined, memoryMb: wanted?.memory ?? undefined }
}
