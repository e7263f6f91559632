import { activityLogQuery, logQuery, sessionQuery, streamPaths, tunnelQuery } from '../../protocol/streams.ts'
import { AppError } from '../../core/errors.ts'
import { liveRelease, refusePaused } from '../deploy/deployments.ts'
import { releaseServices } from '../deploy/release.ts'
import type { LogReader, ReadOptions } from '../logs/port.ts'
import { check } from './app.ts'
import type { CallDeps } from './calls/deps.ts'
import { checkServices, findActivity, findPlace } from './lookup.ts'
import { connectToService, serviceProgram } from './service-access.ts'
import type { UpgradeAnswer, UpgradeRequest, UpgradeRoute } from './upgrades.ts'

export interface StreamDeps extends CallDeps {
  /** Reads the sources below a directory. */
  readonly reader: (directory: string) => LogReader
}

const SOURCES = ['app', 'access']

/** The WebSocket endpoints: logs of activities and environments, sessions, tunnels. */
export function streamRoutes(deps: StreamDeps): UpgradeRoute[] {
  return [
    {
      access: 'read',
      answer: request => activityLog(deps, request),
      narrowed: true,
      path: streamPaths.activityLog,
    },
    { access: 'read', answer: request => environmentLogs(deps, request), path: streamPaths.logs },
    { access: 'write', answer: request => session(deps, request), path: streamPaths.session },
    { access: 'write', answer: request => tunnel(deps, request), path: streamPaths.tunnel },
  ]
}

async function activityLog(
  { activities, layout, reader }: StreamDeps,
  { params, principal, query }: UpgradeRequest,
): Promise<UpgradeAnswer> {
  const { id } = findActivity(activities, params.activity, principal)
  const { after, follow = false } = check(activityLogQuery, query, 'query')
  return { kind: 'batches', open: signal => reader(layout.activities).read([id], { after, follow }, signal) }
}

async function environmentLogs(
  { layout, reader, store }: StreamDeps,
  { params, principal, query }: UpgradeRequest,
): Promise<UpgradeAnswer> {
  const place = findPlace(store, params, principal)
  const { follow = false, sources = ['app'], ...rest } = check(logQuery, query, 'query')
  const unknown = sources.find(source => !SOURCES.includes(source))
  if (unknown !== undefined)
    throw new AppError('usage.flag', `there is no log source "${unknown}"`, { suggestions: SOURCES })
  const release = liveRelease(store, place)
  if (release && rest.services)
    checkServices(
      rest.services,
      [...releaseServices(release), ...release.spec.applications, ...release.spec.services].map(({ name }) => name),
    )
  const options: ReadOptions = { ...rest, follow }
  return { kind: 'batches', open: signal => reader(layout.logs(place.environment.id)).read(sources, options, signal) }
}

async function session(deps: StreamDeps, { params, principal, query }: UpgradeRequest): Promise<UpgradeAnswer> {
  const { engine, store } = deps
  const place = findPlace(store, params, principal)
  refusePaused(place)
  const { program, service, tty = false, ...rest } = check(sessionQuery, query, 'query')
  if (program !== undefined) {
    const started = await serviceProgram(deps, place, { command: rest.command, program, service })
    const opened = await engine.session({ ...rest, ...started, environment: place.environment.id, tty })
    return { kind: 'splice', ...opened }
  }
  const release = liveRelease(store, place)
  const names = release ? [...releaseServices(release), ...release.spec.services].map(({ name }) => name) : []
  const [first] = names
  if (first === undefined)
    throw new AppError('conflict.not-deployed', `nothing runs in ${params.project} ${params.environment}`, {
      suggestions: ['aloft deploy'],
    })
  if (service !== undefined) checkServices([service], names)
  const opened = await engine.session({ ...rest, environment: place.environment.id, service: service ?? first, tty })
  return { kind: 'splice', ...opened }
}

async function tunnel(deps: StreamDeps, { params, principal, query }: UpgradeRequest): Promise<UpgradeAnswer> {
  const place = findPlace(deps.store, params, principal)
  refusePaused(place)
  const { service } = check(tunnelQuery, query, 'query')
  return { kind: 'bytes', stream: await connectToService(deps, place, service) }
}
