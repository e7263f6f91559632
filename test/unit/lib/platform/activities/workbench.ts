import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Activity } from '../../../../../src/lib/core/model.ts'
import { createActivities } from '../../../../../src/lib/platform/activities/activities.ts'
import type {
  Activities,
  ActivitiesOptions,
  ActivityContext,
  ActivityHandler,
  ActivityOutcome,
  LaneRequest,
  StartActivity,
} from '../../../../../src/lib/platform/activities/port.ts'
import { createLogWriter, DEFAULT_LOG_LIMITS } from '../../../../../src/lib/platform/logs/writer.ts'
import { openSqliteStore } from '../../../../../src/lib/platform/store/sqlite/open.ts'
import type { Store } from '../../../../../src/lib/platform/store/port.ts'

type Run = (context: ActivityContext) => Promise<ActivityOutcome | void>

export interface Workbench {
  readonly store: Store
  readonly activities: Activities
  readonly errors: unknown[]
  /** Stops this platform within `timeoutMs` and starts the next one on the same files. */
  restart(handlers: readonly ActivityHandler<unknown>[], timeoutMs?: number): Promise<Workbench>
  /** Lines of an activity's log, and whether it has been ended. */
  readonly log: (id: string) => { readonly messages: string[]; readonly ended: boolean }
}

/** Activities on a real store and real logs in a directory of their own; all is stopped and removed after the test. */
export async function workbench(
  handlers: readonly ActivityHandler<unknown>[],
  options: Partial<ActivitiesOptions> = {},
): Promise<Workbench> {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-activities-'))
  onTestFinished(() => rmSync(directory, { force: true, recursive: true }))
  return openWorkbench(directory, handlers, options)
}

async function openWorkbench(
  directory: string,
  handlers: readonly ActivityHandler<unknown>[],
  options: Partial<ActivitiesOptions>,
): Promise<Workbench> {
  const logs = join(directory, 'logs')
  const store = openSqliteStore({ database: join(directory, 'db'), secretKey: join(directory, 'key') })
  const errors: unknown[] = []
  const activities = createActivities({
    onError: error => errors.push(error),
    openLog: id => createLogWriter({ directory: join(logs, id), limits: DEFAULT_LOG_LIMITS, source: id }),
    store,
    ...options,
  })
  const stop = async (timeoutMs?: number): Promise<void> => {
    await activities.close(timeoutMs)
    store.close()
  }
  onTestFinished(() => stop(0))
  for (const known of handlers) activities.register(known)
  await activities.resume()
  return {
    activities,
    errors,
    log: id => readLog(join(logs, id)),
    async restart(next, timeoutMs) {
      await stop(timeoutMs)
      return openWorkbench(directory, next, options)
    },
    store,
  }
}

function readLog(directory: string): { messages: string[]; ended: boolean } {
  const names = readdirSync(directory).toSorted()
  const lines = names
    .filter(name => !name.startsWith('ended'))
    .flatMap(name => readFileSync(join(directory, name), 'utf8').split('\n'))
    .filter(line => line !== '')
  return { ended: names.includes('ended'), messages: lines.map(line => String(JSON.parse(line).message)) }
}

/** A handler whose lanes are part of its input, so that each test says what it needs. */
export function handler(
  type: string,
  run: Run,
  more: Partial<ActivityHandler<unknown>> = {},
): ActivityHandler<unknown> {
  return { input: { parse: value => value }, lanes: lanesOf, run, type, ...more }
}

function lanesOf(input: unknown): readonly LaneRequest[] {
  return typeof input === 'object' && input !== null && 'lanes' in input && Array.isArray(input.lanes)
    ? input.lanes
    : []
}

type Request = Omit<StartActivity, 'prepare' | 'request'> & { readonly description: string; readonly input: unknown }

export function request(type: string, more: Partial<Request> = {}): StartActivity {
  const { description = `a ${type}`, input = {}, ...rest } = more
  return { createdBy: 'me', prepare: () => ({ description, input }), request: input, type, ...rest }
}

/** The first state for which `wanted` holds. */
export async function until(
  activities: Activities,
  id: string,
  wanted: (activity: Activity) => boolean,
): Promise<Activity> {
  for await (const activity of activities.watch(id, AbortSignal.timeout(8000))) if (wanted(activity)) return activity
  throw new Error(`activity ${id} ended as ${JSON.stringify(activities.get(id))}`)
}

export function finished(activities: Activities, id: string): Promise<Activity> {
  return until(activities, id, ({ state }) => state === 'finished')
}

/** A door that opens from outside. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { open: resolve, opened: promise }
}

/** Rejects as soon as the signal aborts, as well-behaved work does. */
export function abortable(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<void>()
  if (signal.aborted) reject(signal.reason)
  signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  return Promise.race([work, promise])
}

/** Input of an activity with one lane, of an environment. */
export const environmentLane = { lanes: [{ capacity: 1, lane: 'environment:e' }] }

/** What an activity may wait for. */
export const question = {
  answers: [
    { id: 'go', label: 'Go on' },
    { id: 'stop', label: 'Stop' },
  ],
  message: 'Go on?',
  reason: 'confirmation',
}
