import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../../core/clock.ts'
import type { EdgeConfig, EdgeStatus } from '../port.ts'
import { AccessLogs } from './access-log.ts'
import { openAuthority } from './certificates/authority.ts'
import { CertificateCache } from './certificates/certificate-cache.ts'
import { configFile, type ConfigFile } from './config-file.ts'
import { EndpointRegistry } from './endpoints.ts'
import { createExchange, type Entrance } from './exchange.ts'
import { Forwarder } from './forward.ts'
import { HoldGate } from './hold-gate.ts'
import { listen, type Listener, type ListenerHandlers } from './listeners.ts'
import type { EdgeLog } from './log.ts'
import { listenNear, loadPorts, savePorts } from './ports.ts'
import { Proxy } from './proxy.ts'
import { type HandlerDeps, handleRequest } from './request-handler.ts'
import { SiteListeners } from './site-listeners.ts'
import { compileSites, hostName, type SiteTable } from './site-table.ts'
import { handleUpgrade } from './upgrade-handler.ts'

export interface EdgeServerOptions {
  /** Where configuration, ports, CA and certificates lie. */
  readonly directory: string
  readonly clock: Clock
  readonly log: EdgeLog
  readonly httpPort?: number | undefined
  readonly httpsPort?: number | undefined
}

const DEFAULT_PORTS = { http: 8080, https: 8443 }
const EMPTY: EdgeConfig = { generation: 0, sites: [] }

/** The edge itself, in whatever process. */
export interface EdgeServer {
  /** On disk and in force for new requests when it returns. One after the other. */
  apply(config: EdgeConfig): Promise<EdgeStatus>
  status(): EdgeStatus
  drain(addresses: readonly string[], timeoutMs: number): Promise<void>
  certificateAuthority(): string
  /** Takes no more connections and waits for what is in flight, at most `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>
}

/** Starts with the last good configuration. @throws conflict.port-taken when a port wanted explicitly is taken */
export async function startEdgeServer(options: EdgeServerOptions): Promise<EdgeServer> {
  const { clock, directory, log } = options
  await mkdir(directory, { mode: 0o700, recursive: true })
  const authority = await openAuthority(directory, clock.now())
  const certificates = new CertificateCache({ authority, clock, directory: join(directory, 'certificates') })
  const fallback = await certificates.issued('localhost')
  const file = configFile(directory, error => log.error({ error: String(error) }, 'the configuration cannot be read'))
  const server = new RunningEdge({ ...options, authority: authority.pem, certificates, file })
  await server.open({ cert: fallback.certificate, key: fallback.key })
  return server
}

interface RunningOptions extends EdgeServerOptions {
  readonly authority: string
  readonly certificates: CertificateCache
  readonly file: ConfigFile
}

class RunningEdge implements EdgeServer {
  readonly #options: RunningOptions
  readonly #registry: EndpointRegistry
  readonly #gate: HoldGate
  readonly #accessLogs: AccessLogs
  readonly #proxy = new Proxy()
  readonly #deps: HandlerDeps & { readonly clock: Clock }
  #table: SiteTable
  #applying: Promise<unknown> = Promise.resolve()
  #main: readonly Listener[] = []
  #sites: SiteListeners | undefined
  #ports = DEFAULT_PORTS

  constructor(options: RunningOptions) {
    const { clock, log } = options
    this.#options = options
    this.#registry = new EndpointRegistry(clock)
    this.#gate = new HoldGate(clock)
    this.#accessLogs = new AccessLogs(options)
    this.#table = compileSites(EMPTY, this.#registry)
    this.#deps = {
      accessLogs: this.#accessLogs,
      clock,
      forwarder: new Forwarder({ clock, gate: this.#gate }),
      gate: this.#gate,
      log,
      ports: () => this.#ports,
      proxy: this.#proxy,
      table: () => this.#table,
    }
  }

  async open(defaultCertificate: ListenerHandlers['defaultCertificate']): Promise<void> {
    const { directory, file, httpPort, httpsPort, log } = this.#options
    const handlers = this.#handlers(defaultCertificate)
    const stored = await file.load()
    if (stored) await this.#use(stored)
    const last = (await loadPorts(directory)) ?? DEFAULT_PORTS
    const open = (entrance: Omit<Entrance, 'port'>) => (port: number) => listen({ ...entrance, port }, handlers)
    const plain = { dedicated: false, scheme: 'http' } as const
    const http = await listenNear({ explicit: httpPort, preferred: last.http }, open(plain))
    const https = await listenNear({ explicit: httpsPort, preferred: last.https }, open({ ...plain, scheme: 'https' }))
    this.#main = [http, https]
    this.#ports = { http: http.port, https: https.port }
    await savePorts(directory, this.#ports)
    this.#sites = new SiteListeners(open({ dedicated: true, scheme: 'http' }), log)
    await this.#sites.apply(this.#table.config)
  }

  apply(config: EdgeConfig): Promise<EdgeStatus> {
    const result = this.#applying.then(() => this.#apply(config))
    this.#applying = result.catch(() => undefined)
    return result
  }

  status(): EdgeStatus {
    return {
      generation: this.#table.config.generation,
      httpPort: this.#ports.http,
      httpsPort: this.#ports.https,
      inFlight: this.#registry.inFlight(),
      missingPorts: this.#sites?.missing() ?? [],
      pid: process.pid,
    }
  }

  async drain(addresses: readonly string[], timeoutMs: number): Promise<void> {
    const endpoints = addresses.flatMap(address => this.#registry.find(address) ?? [])
    const stop = new AbortController()
    const late = this.#options.clock.sleep(timeoutMs, stop.signal).catch(() => undefined)
    await Promise.race([Promise.all(endpoints.map(endpoint => endpoint.whenIdle())), late])
    stop.abort()
    for (const endpoint of endpoints)
      if (!this.#table.addresses.has(endpoint.address)) for (const close of endpoint.webSockets) close()
  }

  certificateAuthority(): string {
    return this.#options.authority
  }

  async stop(timeoutMs: number): Promise<void> {
    this.#sites?.close()
    for (const listener of this.#main) listener.close()
    const addresses = Object.keys(this.#registry.inFlight())
    this.#table = compileSites({ ...EMPTY, sites: [] }, this.#registry)
    this.#gate.wake()
    await this.drain(addresses, timeoutMs)
    for (const listener of this.#main) listener.terminate()
    await this.#accessLogs.close()
    this.#proxy.close()
  }

  async #apply(config: EdgeConfig): Promise<EdgeStatus> {
    const table = compileSites(config, this.#registry)
    await this.#options.file.save(config)
    await this.#use(config, table)
    await this.#sites?.apply(config)
    return this.status()
  }

  async #use(config: EdgeConfig, table = compileSites(config, this.#registry)): Promise<void> {
    this.#table = table
    this.#registry.prune(table.addresses)
    this.#gate.wake()
    await this.#accessLogs.keep(config)
  }

  #handlers(defaultCertificate: ListenerHandlers['defaultCertificate']): ListenerHandlers {
    const { certificates } = this.#options
    return {
      // Never for a name that a client made up: unknown ones get the certificate of `localhost`.
      certificate: name => certificates.context(this.#table.byHost(hostName(name))?.spec.host ?? 'localhost'),
      defaultCertificate,
      onRequest: (request, response, entrance) =>
        void handleRequest(this.#deps, createExchange(request, response, entrance)),
      onUpgrade: (upgrade, entrance) => void handleUpgrade(this.#deps, upgrade, entrance),
    }
  }
}
