import { randomBytes } from 'node:crypto'
import type { ApplicationSpec, EnvironmentSpec, ManagedServiceSpec } from '../../config/environment-spec.ts'
import { AppError } from '../../core/errors.ts'
import type { Engine, ReleaseState, ServiceState } from '../engine/port.ts'
import type { ManagedServiceRecord, Store } from '../store/port.ts'
import { chooseAddress } from './addresses.ts'
import type { Kits } from './kits.ts'
import { managedServiceState } from './managed-state.ts'
import { mismatch } from './mismatch.ts'
import { missingTool } from './missing-tool.ts'
import {
  type InstalledService,
  type ManagedServices,
  type PrepareOptions,
  type ServiceConnection,
  type ServicePlace,
  SERVICES_RELEASE,
  type ServiceTarget,
  type ServiceType,
} from './port.ts'

const PASSWORD_BYTES = 20

export interface ManagedServicesOptions {
  readonly engine: Engine
  readonly store: Store
  /** Type by name or alias, without version. */
  readonly findType: (name: string) => ServiceType | undefined
  readonly kits: Kits
  /** Deletes a shared volume of an environment; one that is not there succeeds. */
  readonly removeVolume: (environment: string, volume: string) => Promise<void>
  /** Whether every address in 127.0.0.0/8 may be used. */
  readonly hasManyAddresses?: boolean | undefined
}

/** A service and what runs it on this machine. */
interface Found {
  readonly record: ManagedServiceRecord
  readonly type: ServiceType
  readonly installed: InstalledService
}

export function createManagedServices(options: ManagedServicesOptions): ManagedServices {
  return new Services(options)
}

class Services implements ManagedServices {
  readonly #options: ManagedServicesOptions

  constructor(options: ManagedServicesOptions) {
    this.#options = options
  }

  async check({ services }: EnvironmentSpec): Promise<readonly string[]> {
    const warnings = await Promise.all(
      services.map(async service => {
        const type = this.#options.findType(service.type)
        if (!type) return `the service ${service.name} (${service.type}) is not run: there is no such type here`
        return mismatch(service, await locate(type, service.version))
      }),
    )
    return warnings.filter(warning => warning !== undefined)
  }

  async prepare(environment: string, { services }: EnvironmentSpec, { note, signal }: PrepareOptions): Promise<void> {
    for (const service of services) {
      const type = this.#options.findType(service.type)
      if (!type) continue
      // data stays with the server that made it, whatever the file asks for now
      const made = this.#options.store.managedServices.get(environment, service.name)?.version
      const installed = await locate(type, made ?? service.version)
      if (type.launch) await this.#options.kits.make(type, installed, { onLine: text => note(text, 'info'), signal })
      await this.#record(environment, service, { installed, note, type })
    }
  }

  async state(environment: string, names?: ReadonlySet<string>): Promise<ReleaseState | undefined> {
    const found = await this.#found(environment, names)
    const running = found.filter(({ type }) => type.launch !== undefined)
    if (running.length === 0) return undefined
    return {
      id: SERVICES_RELEASE,
      services: await Promise.all(running.map(each => this.#serviceState(each))),
      weight: 0,
    }
  }

  async targets(environment: string): Promise<ReadonlyMap<string, ServiceTarget>> {
    const hasNames = await this.#hasHostNames()
    return new Map(
      (await this.#found(environment)).map(found => {
        const { record, type } = found
        const hostName = hasNames ? `${record.name}.internal` : record.host
        return [record.name, { environment, place: placeOf(found, hostName), type }]
      }),
    )
  }

  async relationships(
    environment: string,
    application: ApplicationSpec,
  ): Promise<Readonly<Record<string, readonly ServiceConnection[]>>> {
    const reached = await this.#reached(environment, application)
    return Object.fromEntries(
      reached.map(({ endpoint, found, hostName, name }) => {
        const all = found.type.connections(placeOf(found, hostName))
        const named = all.filter(connection => connection.endpoint === endpoint)
        const ip = found.record.host
        return [name, (named.length > 0 ? named : all.slice(0, 1)).map(connection => ({ ...connection, ip }))]
      }),
    )
  }

  removed(environment: string, spec: EnvironmentSpec): readonly string[] {
    // Liferay's shared volumes survive the deletion of their service (learn.liferay.com, "Configuring Persistent File Storage Volumes")
    if (spec.format === 'liferay') return []
    const wanted = new Set(spec.services.map(({ name }) => name))
    return this.#options.store.managedServices.list(environment).flatMap(({ name }) => (wanted.has(name) ? [] : [name]))
  }

  async retire(environment: string, spec: EnvironmentSpec): Promise<readonly string[]> {
    const names = this.removed(environment, spec)
    for (const name of names) {
      await this.#options.removeVolume(environment, name)
      this.#options.store.managedServices.delete(environment, name)
    }
    return names
  }

  async #record(
    environment: string,
    { configuration, name }: ManagedServiceSpec,
    { installed, note, type }: { installed: InstalledService; type: ServiceType; note: PrepareOptions['note'] },
  ): Promise<void> {
    const { hasManyAddresses = process.platform === 'linux', store } = this.#options
    const before = store.managedServices.get(environment, name)
    if (before) {
      refuseOtherType(before, type)
      store.managedServices.update(environment, name, { configuration })
      return
    }
    const { host, port } = await chooseAddress({
      hasManyAddresses,
      isTaken: address =>
        store.managedServices.list().some(taken => taken.host === address.host && taken.port === address.port),
      key: `${environment}/${name}`,
      port: type.port,
    })
    store.managedServices.create({
      configuration,
      credentials: { password: randomBytes(PASSWORD_BYTES).toString('hex'), username: 'main' },
      environment,
      host,
      name,
      port,
      type: type.name,
      version: installed.version,
    })
    note(`${name} is a new, empty ${installed.product}`, 'info')
  }

  async #serviceState({ installed, record, type }: Found): Promise<ServiceState> {
    const place = placeOf({ installed, record, type }, record.host)
    const artifact = await this.#options.kits.make(type, installed, { signal: new AbortController().signal })
    return managedServiceState(type, place, { artifact, restartToken: record.restart })
  }

  async #found(environment: string, names?: ReadonlySet<string>): Promise<Found[]> {
    const records = this.#options.store.managedServices.list(environment)
    return Promise.all(
      records
        .filter(({ name }) => names?.has(name) ?? true)
        .map(async record => {
          const type = this.#options.findType(record.type)
          if (!type) throw new TypeError(`the catalogue has no ${record.type} any more`)
          return { installed: await locate(type, record.version), record, type }
        }),
    )
  }

  /** What an application's relationships lead to; those to services that are not run lead nowhere. */
  async #reached(environment: string, { relationships = [], variablesPrefix }: ApplicationSpec) {
    const hasNames = await this.#hasHostNames()
    const names = new Set(relationships.map(({ service }) => service))
    const all = new Map((await this.#found(environment, names)).map(found => [found.record.name, found]))
    return relationships.flatMap(({ endpoint, name, service }) => {
      const found = all.get(service)
      if (!found) return []
      const own = variablesPrefix === 'LCP_' ? service : `${name}.internal`
      return [{ endpoint, found, hostName: hasNames ? own : found.record.host, name }]
    })
  }

  async #hasHostNames(): Promise<boolean> {
    return (await this.#options.engine.isolation()).level === 'namespaces'
  }
}

function placeOf({ installed, record }: Found, hostName: string): ServicePlace {
  const { configuration, credentials, host, name, port } = record
  return { configuration, credentials, host, hostName, installed, isCutOff: false, name, port }
}

/** @throws failed.tool-missing */
async function locate(type: ServiceType, wanted: string | undefined): Promise<InstalledService> {
  const located = await type.locate(wanted)
  if (located.found) return located
  throw missingTool(type, located)
}

/** @throws conflict.service-type */
function refuseOtherType({ name, type: before }: ManagedServiceRecord, type: ServiceType): void {
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
