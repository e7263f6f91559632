import type { DeployStrategy } from '../../core/model.ts'
import type { ServiceSteps } from './describe-services.ts'
import { type Release, type ReleaseService, releaseServices, runsBeside } from './release.ts'

/** How a release takes the place of the one before it. */
export interface ReleasePlan {
  /** Started beside the old ones, or where there is no old one, in this order: a stage is ready before the next one starts. */
  readonly beside: readonly (readonly ReleaseService[])[]
  /** Old ones are stopped before these start, in stages as well: what may exist only once. */
  readonly swapped: readonly (readonly ReleaseService[])[]
  /** Requests wait at the edge while `swapped` are changed over. */
  readonly holds: boolean
  /** Applications with a deploy hook, and whether its failure fails the deployment. */
  readonly deployHooks: readonly { readonly application: string; readonly mustSucceed: boolean }[]
  readonly postDeployHooks: readonly string[]
  /** True: deploy hooks run before new instances start; false: after (the formats that document stop-start). */
  readonly hooksFirst: boolean
}

/** What a plan is made of. */
type Planned = Pick<Release, 'spec' | 'formation'>

export interface PlanOptions {
  /** What the user asked for in place of the file's. */
  readonly strategy?: DeployStrategy | undefined
  /** The release that is live. */
  readonly previous?: Planned | undefined
}

/** Pure: the same releases give the same plan. */
export function planRelease(release: Planned, { previous, strategy }: PlanOptions = {}): ReleasePlan {
  const services = releaseServices(release)
  const live = new Set(previous ? releaseServices(previous).map(({ name }) => name) : [])
  const mayMeet = (service: ReleaseService): boolean =>
    strategy ? strategy === 'rolling' && runsBeside(asRolling(service)) : runsBeside(service)
  const swapped = services.filter(service => live.has(service.name) && !mayMeet(service))
  const applications = release.spec.applications.filter(({ deploy }) => deploy)
  return {
    beside: stages(services.filter(service => !swapped.includes(service))),
    deployHooks: applications
      .filter(({ hooks }) => hooks.deploy !== undefined)
      .map(({ deployHookFailure, name }) => ({ application: name, mustSucceed: deployHookFailure === 'fails' })),
    holds: swapped.some(({ kind }) => kind === 'web'),
    hooksFirst: services.every(service => service.kind !== 'web' || mayMeet(service)),
    postDeployHooks: applications.filter(({ hooks }) => hooks.postDeploy !== undefined).map(({ name }) => name),
    swapped: stages(swapped),
  }
}

export interface PlanStep {
  readonly phase: string
  readonly action: string
  readonly service?: string | undefined
}

/** The plan as people read it, for `--dry-run`. */
export function describePlan(
  plan: ReleasePlan,
  builds: readonly { readonly application: string; readonly reused: boolean }[],
  { replaces, services }: { readonly replaces: boolean; readonly services: ServiceSteps },
): PlanStep[] {
  const hooks = plan.deployHooks.map(({ application, mustSucceed }) =>
    step('hook', `run the deploy hook${mustSucceed ? '' : '; a failure only warns'}`, application),
  )
  const swapped = plan.swapped.flat()
  const swap = [
    ...(plan.holds && replaces ? [step('hold', 'let requests wait at the edge')] : []),
    ...(replaces ? swapped.map(service => step('stop', 'stop the instances of the live release', service.name)) : []),
    ...swapped.map(service => step('start', `start ${instances(service)}`, service.name)),
  ]
  return [
    ...builds.map(({ application, reused }) => step('build', reused ? 'reuse the build' : 'build', application)),
    ...services.prepared,
    ...(plan.hooksFirst ? hooks : []),
    ...plan.beside
      .flat()
      .map(service =>
        step('start', `start ${instances(service)}${replaces ? ' beside the live release' : ''}`, service.name),
      ),
    ...swap,
    ...(plan.hooksFirst ? [] : hooks),
    step('health', 'wait until every instance is ready'),
    step('switch', 'direct requests to the new release'),
    ...(replaces ? [step('drain', 'let running requests finish'), step('retire', 'stop the old release')] : []),
    ...services.retired,
    ...plan.postDeployHooks.map(application =>
      step('post-deploy', 'run the post-deploy hook; a failure only warns', application),
    ),
  ]
}

function step(phase: string, action: string, service?: string): PlanStep {
  return service === undefined ? { action, phase } : { action, phase, service }
}

function instances({ count }: ReleaseService): string {
  return `${count} ${count === 1 ? 'instance' : 'instances'}`
}

function asRolling(service: ReleaseService): ReleaseService {
  return { ...service, application: { ...service.application, strategy: 'rolling' } }
}

/** Applications come after those they depend on: each stage depends only on earlier ones. */
function stages(services: readonly ReleaseService[]): ReleaseService[][] {
  const levels = new Map<string, number>()
  for (const { application } of services) {
    levels.set(application.name, Math.max(-1, ...application.dependencies.map(name => levels.get(name) ?? -1)) + 1)
  }
  const result: ReleaseService[][] = []
  for (const service of services) (result[levels.get(service.application.name) ?? 0] ??= []).push(service)
  return result.filter(stage => stage !== undefined)
}
