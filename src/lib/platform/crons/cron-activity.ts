import * as z from 'zod/mini'
import { AppError } from '../../core/errors.ts'
import type { ActivityHandler } from '../activities/port.ts'
import { environmentLane } from '../deploy/deploy-activity.ts'
import { placeOf, refusePaused, requireLive, toRelease } from '../deploy/deployments.ts'
import { applicationService, serviceLaunch } from '../deploy/desired.ts'
import { runJob } from '../deploy/run-job.ts'
import type { Engine } from '../engine/port.ts'
import type { ManagedServices } from '../services/port.ts'
import type { Store } from '../store/port.ts'

const cronInput = z.object({ application: z.string(), cron: z.string(), environment: z.string() })
export type CronInput = z.infer<typeof cronInput>

/**
 * One run of a cron command. It passes through its environment's lane: a deploy that runs holds it, and one that comes
 * later waits for it, as the Platform.sh family documents.
 */
export function cronHandler(deps: {
  readonly engine: Engine
  readonly services: ManagedServices
  readonly store: Store
}): ActivityHandler<CronInput> {
  const { engine, store } = deps
  return {
    input: { parse: value => z.parse(cronInput, value) },
    lanes: ({ environment }) => [{ capacity: 1, lane: environmentLane(environment) }],
    async run(context) {
      const { application, cron, environment } = context.input
      await context.inLane(environmentLane(environment), async () => {
        const place = placeOf(store, environment)
        refusePaused(place)
        const release = await toRelease(deps, requireLive(store, place), place)
        const service = applicationService(release, application)
        const spec = service.application.crons.find(({ name }) => name === cron)
        if (!spec) return context.log({ message: `the live deployment has no cron ${cron} any more` })
        context.phase('cron')
        const { description, result } = await context.step('run', () =>
          runJob(engine, context, {
            environment,
            graceMs: spec.shutdownTimeoutMs,
            id: `${context.activity.id}-cron`,
            launch: serviceLaunch(release, service, spec.start),
            log: { service: application, source: 'app' },
            timeoutMs: spec.timeoutMs,
          }),
        )
        if (result.kind !== 'exited' || result.exitCode !== 0)
          throw new AppError('failed.cron', `the cron ${cron} ${description}`, {
            details: { phase: 'cron', service: application },
          })
      })
    },
    type: 'cron',
  }
}
