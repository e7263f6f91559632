import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { AppError } from '../../core/errors.ts'
import type { Place } from '../deploy/deployments.ts'
import type { ManagedServices, ServiceCommand, ServiceTarget } from '../services/port.ts'
import { checkServices } from './lookup.ts'

interface Deps {
  readonly services: Pick<ManagedServices, 'targets'>
}

type Program = 'client' | 'dump'

interface ServiceProgram {
  readonly program: Program
  readonly service: string | undefined
  /** Added to the client's own. */
  readonly command: readonly string[] | undefined
}

/**
 * What is run in a service's surroundings instead of a command of one's own.
 * @throws not-found.service, usage.input-required when several could be meant
 */
export async function serviceProgram(
  deps: Deps,
  place: Place,
  { command: added = [], program, service }: ServiceProgram,
): Promise<{ service: string; command: readonly string[]; variables: Readonly<Record<string, string>> }> {
  const target = await findTarget(deps, place, { program, service })
  const run = commandOf(target, program)
  if (!run) throw without(target, program)
  const own = typeof run.command === 'string' ? ['sh', '-c', run.command] : run.command
  return { command: [...own, ...added], service: target.place.name, variables: run.variables }
}

/** A connection to where a service listens. @throws not-found.service, not-found.instance when nothing answers there */
export async function connectToService(deps: Deps, place: Place, service: string): Promise<Socket> {
  const target = await findTarget(deps, place, { service })
  const { host, port } = target.place
  const socket = connect({ host, noDelay: true, port })
  try {
    await once(socket, 'connect')
    return socket
  } catch (cause) {
    throw new AppError('not-found.instance', `the service ${service} does not take connections now`, {
      cause,
      suggestions: ['aloft services', `aloft logs --service ${service}`],
    })
  }
}

/**
 * The service named, else the only one that has such a program; without one, that can be connected to.
 * @throws not-found.service, usage.input-required, unsupported.option for one that runs nowhere
 */
export async function findTarget(
  { services }: Deps,
  { environment }: { readonly environment: Pick<Place['environment'], 'id' | 'name'> },
  { program, service }: { readonly service?: string | undefined; readonly program?: Program | undefined },
): Promise<ServiceTarget> {
  const targets = await services.targets(environment.id)
  if (service !== undefined) checkServices([service], [...targets.keys()], 'managed service')
  const able = [...targets.values()].filter(target =>
    program === undefined ? target.type.launch !== undefined : commandOf(target, program) !== undefined,
  )
  const found = service === undefined && able.length === 1 ? able[0] : targets.get(service ?? '')
  if (found && program === undefined && !found.type.launch) throw without(found, 'connection')
  if (found) return found
  if (able.length === 0)
    throw new AppError('not-found.service', `${environment.name} has no managed service ${wanted(program)}`, {
      suggestions: ['aloft services'],
    })
  const names = able.map(({ place: { name } }) => name)
  throw new AppError('usage.input-required', `which service? ${names.join(', ')}`, { suggestions: names })
}

function commandOf({ place, type }: ServiceTarget, program: Program): ServiceCommand | undefined {
  return program === 'client' ? type.client?.(place) : type.data?.dumpCommand(place)
}

function wanted(program: Program | undefined): string {
  if (program === undefined) return 'that takes connections'
  return program === 'client' ? 'with a client' : 'that can be dumped'
}

function without({ place, type }: ServiceTarget, what: Program | 'connection'): AppError {
  const reason = {
    client: 'has no client',
    connection: 'takes no connections: applications mount it',
    dump: `cannot be dumped: ${type.backup.description}`,
  }[what]
  return new AppError('unsupported.option', `the service ${place.name} (${type.title}) ${reason}`, {
    details: { service: place.name },
  })
}
