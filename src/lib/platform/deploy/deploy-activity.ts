import * as z from 'zod/mini'
import type { EnvironmentSpec } from '../../config/environment-spec.ts'
import { DEPLOY_STRATEGIES } from '../../core/model.ts'
import type { ActivityContext, ActivityHandler, ActivityOutcome, LaneRequest } from '../activities/port.ts'
import { applyReleases } from './apply-releases.ts'
import { assignHosts } from './assign-hosts.ts'
import { buildApplication } from './build-application.ts'
import { hostsOf, liveRelease, placeOf, toRelease, visibleVariables } from './deployments.ts'
import type { DeployDeps } from './deps.ts'
import { pausedPage } from '../environments/paused-page.ts'
import { runHook } from './hooks.ts'
import { planRelease } from './plan.ts'
import { prepareServices, retireServices } from './release-services.ts'
import { readSpec } from './read-spec.ts'
import type { Release, ReleaseBuild } from './release.ts'
import { Rollout } from './rollout.ts'
import { releaseUrls } from './sites.ts'
import { checkSecrets } from './variables.ts'

/** Builds that run side by side in one project. */
const BUILD_POOL = 2

export const deployInput = z.object({
  /** Ids. */
  project: z.string(),
  environment: z.string(),
  /** Of the deployment it will make. */
  deployment: z.string(),
  source: z.discriminatedUnion('kind', [
    /** With `build`: that build of the tree, as it is, instead of making one. */
    z.object({
      kind: z.literal('tree'),
      tree: z.string(),
      revision: z.string(),
      build: z.optional(z.string()),
    }),
    /** Spec and builds of an earlier deployment; its variables too, or those of today. */
    z.object({
      kind: z.literal('deployment'),
      deployment: z.string(),
      variables: z.enum(['then', 'now']),
      rebuild: z.boolean(),
    }),
  ]),
  message: z.string(),
  buildOnly: z.boolean(),
  strategy: z.optional(z.enum(DEPLOY_STRATEGIES)),
})
export type DeployActivityInput = z.infer<typeof deployInput>
type Context = ActivityContext<DeployActivityInput>

export interface Built {
  readonly spec: EnvironmentSpec
  readonly builds: Readonly<Record<string, ReleaseBuild>>
  /** Done once the managed services are made, before anything of the release is started. */
  readonly prepared?: (() => Promise<void>) | undefined
}

/** From a tree or an earlier deployment to a live release: `deploy`, `redeploy` and `rollback`. */
export function deployHandler(
  deps: DeployDeps,
  type: 'deploy' | 'redeploy' | 'rollback',
): ActivityHandler<DeployActivityInput> {
  return {
    input: { parse: value => z.parse(deployInput, value) },
    lanes: input => lanesOf(input, type === 'rollback'),
    run: context => runDeploy(deps, context),
    type,
  }
}

export function environmentLane(environment: string): string {
  return `environment:${environment}`
}

function lanesOf({ buildOnly, environment, project }: DeployActivityInput, preempts: boolean): LaneRequest[] {
  const builds = { capacity: BUILD_POOL, lane: `build:${project}` }
  return buildOnly ? [builds] : [builds, { capacity: 1, lane: environmentLane(environment), preempts }]
}

async function runDeploy(deps: DeployDeps, context: Context): Promise<ActivityOutcome> {
  const { buildOnly, environment, project } = context.input
  const built = await context.inLane(`build:${project}`, () => build(deps, context))
  const builds = Object.fromEntries(Object.entries(built.builds).map(([application, { id }]) => [application, id]))
  context.setOutput({ builds })
  if (buildOnly) return {}
  return context.inLane(environmentLane(environment), () => releaseBuilt(deps, context, built))
}

async function build(deps: DeployDeps, context: Context): Promise<Built> {
  const { environment, source } = context.input
  const earlier = source.kind === 'deployment' ? deps.store.deployments.get(source.deployment) : undefined
  context.phase('read')
  const place = placeOf(deps.store, environment)
  const tree = source.kind === 'tree' ? source.tree : (earlier?.tree ?? '')
  const spec =
    earlier?.spec ??
    (await context.step('read', () =>
      readSpec(deps.sources, tree, { environment: place.environment, project: place.project.name }),
    ))
  const warnings = await deps.services.check(spec, environment)
  for (const warning of [...spec.warnings, ...warnings]) context.log({ level: 'warning', message: warning })
  if (earlier && source.kind === 'deployment' && !source.rebuild) return { builds: earlier.builds, spec }
  const chosen = source.kind === 'tree' ? source.build : undefined
  return { builds: await buildAll(deps, context, { chosen, place, spec, tree }), spec }
}

interface Buildable {
  readonly place: ReturnType<typeof placeOf>
  readonly spec: EnvironmentSpec
  readonly tree: string
  /** Id of a build to take as it is. */
  readonly chosen: string | undefined
}

async function buildAll(
  deps: DeployDeps,
  context: Context,
  { chosen, place: { environment, project }, spec, tree }: Buildable,
): Promise<Record<string, ReleaseBuild>> {
  const variables = visibleVariables(deps.store, { environment, project }, 'build')
  context.phase('build')
  const builds: Record<string, ReleaseBuild> = {}
  for (const application of spec.applications.filter(({ deploy }) => deploy)) {
    const { name } = application
    const made = madeBuild(deps.store, { application: name, chosen, project: project.id })
    const request = { application, format: spec.format, project, tree, variables }
    builds[name] =
      made ??
      (await context.step(`build:${name}`, () => buildApplication(deps.builder, deps.store, { context, request })))
  }
  return builds
}

/** The chosen build, for the application it is of. */
function madeBuild(
  store: DeployDeps['store'],
  { application, chosen, project }: { application: string; chosen: string | undefined; project: string },
): ReleaseBuild | undefined {
  const found = chosen === undefined ? undefined : store.builds.get(project, chosen)
  return found?.application === application ? { id: found.id, path: found.path } : undefined
}

/** From builds to a live release; inside the environment's lane. */
export async function releaseBuilt(deps: DeployDeps, context: Context, built: Built): Promise<ActivityOutcome> {
  const { store } = deps
  const { deployment: id, environment } = context.input
  context.phase('release')
  const previousId = await context.step('previous', () => runningDeployment(store, environment))
  await context.step('release', () => record(deps, context, built))
  try {
    const isReturn = context.activity.type === 'rollback'
    await prepareServices(deps, context, { environment, isReturn, spec: built.spec })
    await built.prepared?.()
    const { next, plan, rollout } = await planRollout(deps, context, previousId)
    await rollout.run()
    await retireServices(deps, context, next)
    await postDeploy(deps, context, { applications: plan.postDeployHooks, release: next })
    return { output: { deployment: id, urls: next.urls } }
  } catch (error) {
    if (!context.interrupted && store.deployments.get(id)?.status === 'pending')
      store.deployments.update(id, { status: 'failed' })
    if (!context.interrupted) await staysPaused(deps, environment)
    throw error
  }
}

/** What the new release takes the place of: nothing runs in a paused environment, which a deployment resumes. */
function runningDeployment(store: DeployDeps['store'], environment: string): string | null {
  const { deployment, status } = placeOf(store, environment).environment
  return status === 'paused' ? null : (deployment ?? null)
}

/** A release that never went live took the page of a paused environment away with it. */
async function staysPaused({ routing, store }: DeployDeps, environment: string): Promise<void> {
  const place = placeOf(store, environment)
  const live = liveRelease(store, place)
  if (live && place.environment.status === 'paused') await routing.shut(live, hostsOf(store, live), pausedPage(place))
}

async function planRollout(deps: DeployDeps, context: Context, previousId: string | null) {
  const { services, store } = deps
  const { deployment: id, environment } = context.input
  const place = placeOf(store, environment)
  const next = await toRelease(deps, required(store.deployments.get(id)), place)
  const earlier = previousId === null ? undefined : store.deployments.get(previousId)
  const previous = earlier && (await toRelease(deps, earlier, place))
  const plan = planRelease(next, { previous, strategy: context.input.strategy })
  const rollout = new Rollout(
    {
      ...deps,
      apply: (of, desired) => applyReleases(deps, of, desired),
      configure: ({ spec }) => services.prepare(environment, spec, { note: () => undefined, signal: context.signal }),
    },
    {
      hostsOf: of => hostsOf(store, of),
      isSwitched: () => store.environments.get(environment)?.deployment === id,
      onSwitched: () => void store.deployments.makeLive(id),
      plan,
      previous,
      release: next,
    },
    context,
  )
  return { next, plan, rollout }
}

/** Fixes what the deployment consists of. */
async function record(deps: DeployDeps, context: Context, { builds, spec }: Built): Promise<void> {
  const { store } = deps
  const { deployment, environment, message, source } = context.input
  const place = placeOf(store, environment)
  const earlier = source.kind === 'deployment' ? store.deployments.get(source.deployment) : undefined
  const variables =
    earlier && source.kind === 'deployment' && source.variables === 'then'
      ? earlier.variables
      : visibleVariables(store, place, 'runtime')
  checkSecrets(spec.applications, variables)
  await assignHosts(store, place, spec.routes)
  const hosts = store.hosts.list(environment)
  store.deployments.create({
    activity: context.activity.id,
    builds,
    environment,
    formation: place.environment.formation,
    id: deployment,
    message,
    project: place.project.id,
    restarts: {},
    revision: source.kind === 'tree' ? source.revision : earlier?.revision,
    spec,
    tree: source.kind === 'tree' ? source.tree : earlier?.tree,
    urls: releaseUrls(spec.routes, hosts, deps.edgePorts()),
    variables,
  })
}

async function postDeploy(
  { engine }: DeployDeps,
  context: Context,
  { applications, release: of }: { applications: readonly string[]; release: Release },
): Promise<void> {
  context.phase('post-deploy')
  for (const application of applications) {
    await context.step(`post-deploy:${application}`, () =>
      runHook(engine, context, { application, kind: 'post-deploy', mustSucceed: false, release: of }),
    )
  }
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a record that was just written is missing')
  return value
}
