import type { ApplicationSpec, EnvironmentSpec } from '../../config/environment-spec.ts'
import type { Engine, ReleaseState, ServiceState } from '../engine/port.ts'
import { findServices, type FindServicesDeps, type Found, locate, placeOf, typeOf } from './found.ts'
import type { Kits } from './kits.ts'
import { managedServiceState } from './managed-state.ts'
import { mismatch } from './mismatch.ts'
import {
  type ManagedServices,
  type PrepareOptions,
  type ServiceConnection,
  SERVICES_RELEASE,
  type ServiceTarget,
  type ServiceType,
} from './port.ts'
import { recordService, type RecordServiceDeps, refuseOtherType, refuseUnusable } from './record-service.ts'

export interface ManagedServicesOptions extends FindServicesDeps, RecordServiceDeps {
  readonly engine: Engine
  readonly kits: Kits
  /** Deletes a shared volume of an environment; one that is not there succeeds. */
  readonly removeVolume: (environment: string, volume: string) => Promise<void>
}

export function createManagedServices(options: ManagedServicesOptions): ManagedServices {
  return new Services(options)
}

class Services implements ManagedServices {
  readonly #options: ManagedServicesOptions

  constructor(options: ManagedServicesOptions) {
    this.#options = options
  }

  async check({ services }: EnvironmentSpec, environment: string | undefined): Promise<readonly string[]> {
    const { store } = this.#options
    const warnings = await Promise.all(
      services.map(async service => {
        const type = this.#options.findType(service.type)
        if (!type) return `the service ${service.name} (${service.type}) is not run: there is no such type here`
        const before = environment === undefined ? undefined : store.managedServices.get(environment, service.name)
        if (before) {
          refuseOtherType(before, type)
          refuseUnusable(before, type, await locate(type, before.version, service.name))
        }
        return mismatch(service, await locate(type, service.version, service.name))
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
      const installed = await locate(type, made ?? service.version, service.name)
      if (type.launch) await this.#options.kits.make(type, installed, { onLine: text => note(text, 'info'), signal })
      await recordService(this.#options, { environment, installed, note, service, type })
    }
  }

  async state(environment: string, names?: ReadonlySet<string>): Promise<ReleaseState | undefined> {
    const found = await this.#found(environment, names)
    const running = found.filter(({ type }) => type.launch !== undefined)
    for (const each of running) this.#follow(each)
    if (running.length === 0) return undefined
    return {
      id: SERVICES_RELEASE,
      services: await Promise.all(running.map(each => this.#serviceState(each))),
      weight: 0,
    }
  }

  types(environment: string): ReadonlyMap<string, ServiceType> {
    const records = this.#options.store.managedServices.list(environment)
    return new Map(records.map(record => [record.name, typeOf(this.#options, record)]))
  }

  async targets(environment: string, names?: ReadonlySet<string>): Promise<ReadonlyMap<string, ServiceTarget>> {
    const hasNames = await this.#hasHostNames()
    return new Map(
      (await this.#found(environment, names)).map(found => {
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
        const own = named.length > 0 ? named : all.slice(0, 1)
        const others = application.variablesPrefix === 'LCP_' ? all.filter(connection => !own.includes(connection)) : []
        const ip = found.record.host
        return [name, [...own, ...others].map(connection => ({ ...connection, ip }))]
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

  async #serviceState(found: Found): Promise<ServiceState> {
    const { installed, record, type } = found
    const place = placeOf(found, record.host)
    const artifact = await this.#options.kits.make(type, installed, { signal: new AbortController().signal })
    return managedServiceState(type, place, { artifact, restartToken: record.restart })
  }

  #found(environment: string, names?: ReadonlySet<string>): Promise<Found[]> {
    return findServices(this.#options, environment, names)
  }

  /** Of data that the installed program cannot use the version stays that of the one that can. */
  #follow({ installed, record, type }: Found): void {
    const { environment, name } = record
    const { version } = installed
    if (record.version === version || type.opens?.(record.version, installed).ok === false) return
    this.#options.store.managedServices.update(environment, name, { version })
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
