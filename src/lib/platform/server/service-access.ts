import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { AppError } from '../../core/errors.ts'
import type { Place } from '../deploy/deployments.ts'
import { requireClient } from '../services/missing-tool.ts'
import type { ManagedServices, ServiceTarget, ServiceType } from '../services/port.ts'
import { checkServices } from './lookup.ts'

interface Deps {
  readonly services: Pick<ManagedServices, 'targets' | 'types'>
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
  const run = program === 'client' ? target.type.client?.(target.place) : target.type.data?.dumpCommand(target.place)
  if (!run) throw without(target, program)
  requireClient(target)
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
 * The service named, else the only one that has such a program; without one, that can be connected to. What others need need
 * not be installed. @throws not-found.service, usage.input-required, unsupported.option for one that runs nowhere, failed.tool-missing
 */
export async function findTarget(
  { services }: Deps,
  { environment }: { readonly environment: Pick<Place['environment'], 'id' | 'name'> },
  { program, service }: { readonly service?: string | undefined; readonly program?: Program | undefined },
): Promise<ServiceTarget> {
  const types = services.types(environment.id)
  if (service !== undefined) checkServices([service], [...types.keys()], 'managed service')
  const able = [...types].flatMap(([name, type]) => (offers(type, program) ? name : []))
  const [only] = able
  if (service === undefined && only === undefined)
    throw new AppError('not-found.service', `${environment.name} has no managed service ${wanted(program)}`, {
      suggestions: ['aloft services'],
    })
  const name = service ?? (able.length === 1 ? only : undefined)
  if (name === undefined)
    throw new AppError('usage.input-required', `which service? ${able.join(', ')}`, { suggestions: able })
  const found = (await services.targets(environment.id, new Set([name]))).get(name)
  if (!found)
    throw new AppError('not-found.service', `the service ${name} was deleted`, { suggestions: ['aloft services'] })
  if (program === undefined && !found.type.launch) throw without(found, 'connection')
  return found
}

/** Whether services of a type have such a program; without one, whether they can be connected to. */
function offers(type: ServiceType, program: Program | undefined): boolean {
  if (program === undefined) return type.launch !== undefined
  return (program === 'client' ? type.client : type.data) !== undefined
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
