import { randomBytes } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServicePart } from '../../bundle/manifest.ts'
import { AppError } from '../../core/errors.ts'
import { untilReady } from '../deploy/readiness.ts'
import type { Engine, ReleaseState } from '../engine/port.ts'
import type { Layout } from '../layout.ts'
import { managedServiceState } from '../services/managed-state.ts'
import { missingTool } from '../services/missing-tool.ts'
import { SERVICE_USER, SERVICES_RELEASE, type ServiceTarget } from '../services/port.ts'
import type { BackupDeps } from './deps.ts'

const PREFIX = 'verify-'

/**
 * An environment of the engine that nobody else knows: its own user and volumes, no variables of anybody, no network. Its
 * services are reached by Unix sockets in their volumes.
 */
export class ThrowAway {
  readonly environment: string
  readonly #deps: BackupDeps
  readonly #running: ServiceTarget[] = []
  #generation = 0

  private constructor(deps: BackupDeps, id: string) {
    this.#deps = deps
    this.environment = PREFIX + id
  }

  /** Removes it, and all in it, whatever `run` does; and first what a killed platform left of it. */
  static async use<T>(deps: BackupDeps, id: string, run: (place: ThrowAway) => Promise<T>): Promise<T> {
    const place = new ThrowAway(deps, id)
    await deps.engine.remove(place.environment)
    try {
      return await run(place)
    } finally {
      await deps.engine.remove(place.environment)
    }
  }

  /** A service as the part needs it; `start` makes it run. @throws failed.tool-missing */
  async service({ configuration = {}, serverVersion, service, type: name }: ServicePart): Promise<ServiceTarget> {
    const type = this.#deps.findServiceType(name)
    if (!type?.data) throw new AppError('failed.tool-missing', `nothing here can read the backup of a ${name}`)
    const installed = await type.locate(serverVersion)
    if (!installed.found) throw missingTool(type, installed)
    if (installed.withoutClient) throw missingTool(type, installed.withoutClient)
    const place = {
      configuration,
      credentials: { password: randomBytes(20).toString('hex'), username: SERVICE_USER },
      host: '127.0.0.1',
      hostName: '127.0.0.1',
      installed,
      isCutOff: true,
      name: service,
      port: type.port,
    }
    return { environment: this.environment, place, type }
  }

  /** Returns when it is ready. @throws failed.start, failed.health */
  async start(target: ServiceTarget, signal: AbortSignal): Promise<void> {
    const { engine, kits } = this.#deps
    this.#running.push(target)
    const services = await Promise.all(
      this.#running.map(async ({ place, type }) =>
        managedServiceState(type, place, { artifact: await kits.make(type, place.installed, { signal }) }),
      ),
    )
    const release: ReleaseState = { id: SERVICES_RELEASE, services, weight: 0 }
    const generation = ++this.#generation
    await engine.apply({ environment: this.environment, generation, releases: [release] })
    await untilReady({ engine, environment: this.environment, generation, release, signal })
  }
}

/** Removes what a killed platform left. Before any activity runs. */
export async function removeThrowAways({ engine, layout }: { engine: Engine; layout: Layout }): Promise<void> {
  const names = await readdir(join(layout.home.data, 'environments')).catch(() => [])
  for (const name of names) if (name.startsWith(PREFIX)) await engine.remove(name)
}
