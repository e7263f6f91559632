import type { ManagedServiceRecord, Store } from '../store/port.ts'
import { missingTool } from './missing-tool.ts'
import type { InstalledService, ServicePlace, ServiceType } from './port.ts'

/** A service and what runs it on this machine. */
export interface Found {
  readonly record: ManagedServiceRecord
  readonly type: ServiceType
  readonly installed: InstalledService
}

export interface FindServicesDeps {
  readonly store: Store
  /** Type by name or alias, without version. */
  readonly findType: (name: string) => ServiceType | undefined
}

/** The services of an environment, by name, or those of them that are named. @throws failed.tool-missing */
export function findServices(
  { findType, store }: FindServicesDeps,
  environment: string,
  names?: ReadonlySet<string>,
): Promise<Found[]> {
  const records = store.managedServices.list(environment).filter(({ name }) => names?.has(name) ?? true)
  return Promise.all(
    records.map(async record => {
      const type = typeOf({ findType }, record)
      return { installed: await locate(type, record.version, record.name), record, type }
    }),
  )
}

/** The type of a service that was made here. */
export function typeOf(
  { findType }: Pick<FindServicesDeps, 'findType'>,
  { type: name }: ManagedServiceRecord,
): ServiceType {
  const type = findType(name)
  if (!type) throw new TypeError(`the catalogue has no ${name} any more`)
  return type
}

/** What runs a service. @throws failed.tool-missing, naming the service where it is given */
export async function locate(
  type: ServiceType,
  wanted: string | undefined,
  service?: string,
): Promise<InstalledService> {
  const located = await type.locate(wanted)
  if (located.found) return located
  throw missingTool(type, located, service)
}

/** Where a service is to those who know it as `hostName`. */
export function placeOf({ installed, record }: Found, hostName: string): ServicePlace {
  const { configuration, credentials, host, name, port } = record
  return { configuration, credentials, host, hostName, installed, isCutOff: false, name, port }
}
