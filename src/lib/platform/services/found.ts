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
      const type = findType(record.type)
      if (!type) throw new TypeError(`the catalogue has no ${record.type} any more`)
      return { installed: await locate(type, record.version), record, type }
    }),
  )
}

/** @throws failed.tool-missing */
export async function locate(type: ServiceType, wanted: string | undefined): Promise<InstalledService> {
  const located = await type.locate(wanted)
  if (located.found) return located
  throw missingTool(type, located)
}

/** Where a service is to those who know it as `hostName`. */
export function placeOf({ installed, record }: Found, hostName: string): ServicePlace {
  const { configuration, credentials, host, name, port } = record
  return { configuration, credentials, host, hostName, installed, isCutOff: false, name, port }
}
