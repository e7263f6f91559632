import { randomBytes } from 'node:crypto'
import type { ManagedServiceSpec } from '../../config/environment-spec.ts'
import { AppError } from '../../core/errors.ts'
import type { ManagedServiceRecord, Store } from '../store/port.ts'
import { chooseAddress } from './addresses.ts'
import { type InstalledService, type PrepareOptions, SERVICE_USER, type ServiceType } from './port.ts'

const PASSWORD_BYTES = 20

export interface RecordServiceDeps {
  readonly store: Store
  /** Whether every address in 127.0.0.0/8 may be used; on Linux unless told. */
  readonly hasManyAddresses?: boolean | undefined
}

export interface WantedRecord {
  readonly environment: string
  readonly service: ManagedServiceSpec
  readonly type: ServiceType
  readonly installed: InstalledService
  readonly note: PrepareOptions['note']
}

/** Gives a service a record with an address and credentials; one that has it gets the new configuration. @throws conflict.service-type, conflict.service-version */
export async function recordService(
  { hasManyAddresses = process.platform === 'linux', store: { managedServices } }: RecordServiceDeps,
  { environment, installed, note, service: { configuration, name }, type }: WantedRecord,
): Promise<void> {
  const before = managedServices.get(environment, name)
  if (before) {
    refuseOtherType(before, type)
    refuseUnusable(before, type, installed)
    managedServices.update(environment, name, { configuration })
    return
  }
  const { host, port } = await chooseAddress({
    hasManyAddresses,
    isTaken: address =>
      managedServices.list().some(taken => taken.host === address.host && taken.port === address.port),
    key: `${environment}/${name}`,
    port: type.port,
  })
  managedServices.create({
    configuration,
    credentials: { password: randomBytes(PASSWORD_BYTES).toString('hex'), username: SERVICE_USER },
    environment,
    host,
    name,
    port,
    type: type.name,
    version: installed.version,
  })
  note(`${name} is a new, empty ${installed.product}`, 'info')
}

/** @throws conflict.service-type */
export function refuseOtherType({ name, type: before }: ManagedServiceRecord, type: ServiceType): void {
  if (before === type.name) return
  throw new AppError(
    'conflict.service-type',
    `the service ${name} is a ${before} and holds its data: it cannot become a ${type.name}`,
    {
      details: { service: name },
      suggestions: [`Give the new ${type.name} another name; remove ${name} once its data is no longer needed.`],
    },
  )
}

/** @throws conflict.service-version */
export function refuseUnusable(
  { name, version }: ManagedServiceRecord,
  type: ServiceType,
  installed: InstalledService,
): void {
  const verdict = type.opens?.(version, installed)
  if (!verdict || verdict.ok) return
  throw new AppError('conflict.service-version', `the service ${name} cannot start: ${verdict.reason}`, {
    details: { installed: installed.version, made: version, service: name },
    suggestions: [
      `install ${type.title} ${version} again: it is used beside ${installed.version}, and nothing is lost`,
      `to move on, back up with it, deploy a new service of the new version, and restore: aloft restore BACKUP --rename-service ${name}=NEW`,
    ],
  })
}
