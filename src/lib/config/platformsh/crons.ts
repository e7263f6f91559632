import type { CronSpec } from '../environment-spec.ts'
import { readSchedule } from '../shared/schedule.ts'
import { withEnvironmentScript } from './environment-script.ts'
import type { ApplicationContext } from './family.ts'
import type { CronInput } from './schemas.ts'

/** Seconds; docs.platform.sh, "Crons". */
const SHUTDOWN_TIMEOUT = 10
const TIMEOUT = 86_400

/** One run of a cron at a time; `H` in a schedule becomes a number that stays the same for project, application and cron. */
export function toCrons(crons: Readonly<Record<string, CronInput>>, context: ApplicationContext): CronSpec[] {
  return Object.entries(crons).map(([name, cron]) => ({
    concurrency: 'forbid',
    name,
    schedule: readSchedule(cron.spec, `${context.project}/${context.name}/${name}`) ?? cron.spec,
    shutdownTimeoutMs: (cron.shutdown_timeout ?? SHUTDOWN_TIMEOUT) * 1000,
    start: withEnvironmentScript(cron.commands?.start ?? cron.cmd, context) ?? '',
    stop: cron.commands?.stop ?? undefined,
    timeoutMs: (cron.timeout ?? TIMEOUT) * 1000,
  }))
}
