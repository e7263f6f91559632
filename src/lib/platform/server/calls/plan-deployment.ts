import type { EnvironmentSpec } from '../../../config/environment-spec.ts'
import { AppError } from '../../../core/errors.ts'
import type { DeployBody } from '../../../protocol/call-schemas.ts'
import { toBuildRequest } from '../../deploy/build-application.ts'
import { type Place, visibleVariables } from '../../deploy/deployments.ts'
import { localHost } from '../../deploy/hosts.ts'
import { describeServices } from '../../deploy/describe-services.ts'
import { deletionWarning } from '../../deploy/release-services.ts'
import { describePlan, planRelease, type PlanStep } from '../../deploy/plan.ts'
import { readSpec } from '../../deploy/read-spec.ts'
import { releaseUrls } from '../../deploy/sites.ts'
import type { Call, Handler, PathParams } from '../handlers.ts'
import { checkName } from './check-name.ts'
import { type BuildOrigin, buildOrigin, requireTree } from './deploy-source.ts'
import type { CallDeps } from './deps.ts'

interface Target {
  readonly params: PathParams
  /** Absent: the deploy would make it. */
  readonly place: Place | undefined
}

/** What a deploy would do. Changes nothing. */
export async function planDeployment(
  deps: CallDeps,
  { body, params }: Call<'planDeploy'>,
): Promise<Awaited<ReturnType<Handler<'planDeploy'>>>> {
  checkName(params.project)
  checkName(params.environment)
  const { store } = deps
  const project = store.projects.find(params.project)
  const environment = project && store.environments.find(project.id, params.environment)
  const target = { params, place: project && environment ? { environment, project } : undefined }
  const spec = await specOf(deps, body, target)
  const serviceWarnings = await deps.services.check(spec, environment?.id)
  const builds = await planBuilds(deps, { body, spec, target })
  const previous = environment?.deployment === undefined ? undefined : store.deployments.get(environment.deployment)
  const plan = planRelease({ formation: environment?.formation ?? [], spec }, { previous, strategy: body.strategy })
  const changes = serviceChanges(deps, spec, environment?.id)
  const services = describeServices(changes)
  const steps = describePlan(plan, builds, { replaces: previous !== undefined, services })
  const hosts = spec.routes.map(({ host }) => ({
    host: localHost(host, { environment: params.environment, project: params.project }, () => false),
    pattern: host,
  }))
  return {
    environment: { environment: params.environment, project: params.project },
    steps: [
      ...creation(target, project !== undefined),
      ...(body.buildOnly === true ? steps.filter(({ phase }) => phase === 'build') : steps),
    ],
    urls: releaseUrls(spec.routes, hosts, deps.edgePorts()),
    warnings: [
      ...spec.warnings,
      ...serviceWarnings,
      ...builds.flatMap(({ warnings }) => warnings),
      ...changes.removed.map(deletionWarning),
    ],
  }
}

function serviceChanges({ services, store }: CallDeps, spec: EnvironmentSpec, environment: string | undefined) {
  if (environment === undefined) return { existing: [], removed: [], spec }
  const existing = store.managedServices.list(environment).map(({ name }) => name)
  return { existing, removed: services.removed(environment, spec), spec }
}

function creation({ place }: Target, hasProject: boolean): PlanStep[] {
  if (place) return []
  return [{ action: `create ${hasProject ? 'the environment' : 'the project and its environment'}`, phase: 'create' }]
}

function planBuilds(
  { builder, store }: CallDeps,
  { body, spec, target: { params, place } }: { body: DeployBody; spec: EnvironmentSpec; target: Target },
) {
  const variables = place ? visibleVariables(store, place, 'build') : {}
  const project = { id: place?.project.id ?? params.project, name: params.project }
  const { input } = body
  return Promise.all(
    spec.applications
      .filter(({ deploy }) => deploy)
      .map(async application => {
        if (input.kind === 'build') return { application: application.name, reused: true, warnings: [] }
        const planned = await builder.plan(
          toBuildRequest({ application, format: spec.format, project, tree: input.tree, variables }),
        )
        return { application: application.name, ...planned }
      }),
  )
}

async function specOf(deps: CallDeps, { input }: DeployBody, { params, place }: Target): Promise<EnvironmentSpec> {
  const origin = input.kind === 'build' ? originOf(deps, input.build, place) : { tree: input.tree }
  if ('deployment' in origin) return originSpec(deps, origin.deployment)
  requireTree(deps, origin.tree)
  const environment = { name: params.environment, type: place?.environment.type ?? 'production' }
  return readSpec(deps.sources, origin.tree, { environment, project: params.project })
}

function originOf(deps: CallDeps, build: string, place: Place | undefined): BuildOrigin {
  if (place) return buildOrigin(deps, place.project, build)
  throw new AppError('not-found.build', `there is no build "${build}"`)
}

function originSpec({ store }: CallDeps, deployment: string): EnvironmentSpec {
  const record = store.deployments.get(deployment)
  if (record) return record.spec
  throw new AppError('not-found.deployment', `there is no deployment "${deployment}"`)
}
