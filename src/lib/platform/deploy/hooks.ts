import { AppError } from '../../core/errors.ts'
import type { ActivityContext } from '../activities/port.ts'
import type { Engine } from '../engine/port.ts'
import { applicationService, serviceLaunch } from './desired.ts'
import type { Release } from './release.ts'
import { runJob } from './run-job.ts'

/** The Platform.sh family sets no limit; a day keeps a forgotten hook from holding an environment for ever. */
const HOOK_TIMEOUT_MS = 86_400_000
const GRACE_MS = 10_000

export interface HookRun {
  readonly release: Release
  readonly application: string
  readonly kind: 'deploy' | 'post-deploy'
  readonly mustSucceed: boolean
}

/**
 * Runs a hook to its end in the surroundings of its application.
 * @throws failed.hook when it fails and must succeed; otherwise a failure is a warning
 */
export async function runHook(engine: Engine, context: ActivityContext, hook: HookRun): Promise<void> {
  const { application, kind, mustSucceed, release } = hook
  const service = applicationService(release, application)
  const command = kind === 'deploy' ? service.application.hooks.deploy : service.application.hooks.postDeploy
  if (command === undefined) return
  const { description, lastLines, result } = await runJob(engine, context, {
    environment: release.environment.id,
    graceMs: GRACE_MS,
    id: `${release.id}-${kind}-${application}`,
    launch: serviceLaunch(release, service, command),
    log: { service: application, source: 'app' },
    timeoutMs: HOOK_TIMEOUT_MS,
  })
  if (result.kind === 'exited' && result.exitCode === 0) return
  const message = `the ${kind} hook of ${application} ${description}`
  if (mustSucceed)
    throw new AppError('failed.hook', message, { details: { lastLines, phase: 'hook', service: application } })
  context.warn(message)
}
