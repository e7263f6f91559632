import { buffer } from 'node:stream/consumers'
import { PassThrough, Readable } from 'node:stream'
import { chooseAddress } from '../../../src/lib/platform/services/addresses.ts'
import { createKits, type Kits } from '../../../src/lib/platform/services/kits.ts'
import { managedServiceState } from '../../../src/lib/platform/services/managed-state.ts'
import { createServiceOperations } from '../../../src/lib/platform/services/operations.ts'
import type {
  Located,
  ServiceCommand,
  ServiceOperations,
  ServicePlace,
  ServiceTarget,
  ServiceType,
} from '../../../src/lib/platform/services/port.ts'
import type { ServiceState } from '../../../src/lib/platform/engine/port.ts'
import { createId } from '../../../src/lib/core/ids.ts'
import { killMarked } from '../processes.ts'
import { allReady, desired, type EngineFixture, runJob, until } from '../process-engine.ts'

const SECONDS_90 = 90_000

/** A managed service in an environment of its own, run as the platform runs it. */
export interface RunningService {
  readonly target: ServiceTarget
  readonly operations: ServiceOperations
  /** Runs a command in its surroundings; what it printed. Fails with it when its exit code is not 0. */
  run(command: ServiceCommand): Promise<string>
  /** The same with another configuration, once it is ready. */
  configure(configuration: ServicePlace['configuration']): Promise<RunningService>
  start(): Promise<void>
  stop(): Promise<void>
  /** `kill -9` of all its processes; resolves when it is ready again. */
  kill(): Promise<void>
  /** As a platform restores: with the instances stopped where the type wants that. */
  restore(dump: Buffer): Promise<void>
  dump(): Promise<{ readonly content: Buffer; readonly rows: Readonly<Record<string, number>> | undefined }>
  count(): Promise<Readonly<Record<string, number>> | undefined>
}

/** Why it cannot run here, with the line that would install it; undefined when it can. */
export async function missingService(type: ServiceType): Promise<string | undefined> {
  const located = await type.locate()
  return located.found ? undefined : `no ${type.title}: ${howToGet(located)}`
}

function howToGet({ otherwise, packages }: Extract<Located, { found: false }>): string {
  return packages.length > 0 ? `apt-get install ${packages.join(' ')}` : (otherwise ?? 'cannot be installed')
}

export async function startService(...service: Parameters<typeof prepareService>): Promise<RunningService> {
  const prepared = await prepareService(...service)
  await prepared.start()
  return prepared
}

/** One that does not run yet. */
export async function prepareService(
  fixture: EngineFixture,
  type: ServiceType,
  over: Partial<ServicePlace> = {},
): Promise<RunningService> {
  const installed = await type.locate()
  if (!installed.found) throw new Error(`no ${type.title}: ${howToGet(installed)}`)
  const environment = createId('env')
  const place: ServicePlace = {
    configuration: {},
    credentials: { password: `p${createId('env').slice(-20).toLowerCase()}`, username: 'main' },
    hostName: `${type.name}.internal`,
    installed,
    isCutOff: false,
    name: 'service',
    ...(await chooseAddress({
      hasManyAddresses: process.platform === 'linux',
      isTaken: () => false,
      key: environment,
      port: type.port,
    })),
    ...over,
  }
  const kits = createKits(fixture)
  const target: ServiceTarget = { environment, place, type }
  return new Service(fixture, kits, target)
}

class Service implements RunningService {
  readonly target: ServiceTarget
  readonly operations: ServiceOperations
  readonly #fixture: EngineFixture
  readonly #kits: Kits

  constructor(fixture: EngineFixture, kits: Kits, target: ServiceTarget) {
    this.target = target
    this.operations = createServiceOperations({ engine: fixture.engine, kits })
    this.#fixture = fixture
    this.#kits = kits
  }

  async start(): Promise<void> {
    const { engine } = this.#fixture
    const { environment } = this.target
    await engine.apply(desired(environment, [await this.#state()], 'services'))
    await until(engine, environment, allReady(1))
  }

  async configure(configuration: ServicePlace['configuration']): Promise<RunningService> {
    const place = { ...this.target.place, configuration }
    const changed = new Service(this.#fixture, this.#kits, { ...this.target, place })
    const { engine } = this.#fixture
    const { environment } = this.target
    const [before] = await engine.instances(environment)
    await engine.apply(desired(environment, [await changed.#state()], 'services'))
    await until(engine, environment, ([now]) => now?.state === 'ready' && now.startedAt !== before?.startedAt)
    return changed
  }

  async stop(): Promise<void> {
    const { engine } = this.#fixture
    const { environment } = this.target
    await engine.apply(desired(environment, []))
    await until(engine, environment, instances => instances.length === 0)
  }

  async kill(): Promise<void> {
    const { engine } = this.#fixture
    const { environment } = this.target
    const [before] = await engine.instances(environment)
    killMarked(`${environment}/`)
    await until(engine, environment, ([now]) => now?.state === 'ready' && now.restarts > (before?.restarts ?? 0))
  }

  async run({ command, variables }: ServiceCommand): Promise<string> {
    const state = await this.#state()
    const { lines, result } = await runJob(this.#fixture.engine, {
      environment: this.target.environment,
      graceMs: 1000,
      id: createId('job'),
      launch: { ...state.launch, command, variables },
      log: { source: 'test' },
      timeoutMs: 20_000,
    })
    const printed = lines.map(({ text }) => text).join('\n')
    if (result.kind !== 'exited' || result.exitCode !== 0) throw new Error(`${JSON.stringify(result)}: ${printed}`)
    return printed
  }

  async restore(dump: Buffer): Promise<void> {
    const isStopped = this.target.type.data?.restoresStopped === true
    if (isStopped) await this.stop()
    try {
      await this.operations.restore(this.target, Readable.from([dump]), AbortSignal.timeout(SECONDS_90))
    } finally {
      if (isStopped) await this.start()
    }
  }

  async dump(): Promise<{ readonly content: Buffer; readonly rows: Readonly<Record<string, number>> | undefined }> {
    const sink = new PassThrough()
    const [content, { rows }] = await Promise.all([
      buffer(sink),
      this.operations.dump(this.target, sink, AbortSignal.timeout(SECONDS_90)),
    ])
    return { content, rows }
  }

  count(): Promise<Readonly<Record<string, number>> | undefined> {
    return this.operations.count(this.target, AbortSignal.timeout(SECONDS_90))
  }

  async #state(): Promise<ServiceState> {
    const { place, type } = this.target
    const artifact = await this.#kits.make(type, place.installed, { signal: AbortSignal.timeout(SECONDS_90) })
    return managedServiceState(type, place, { artifact })
  }
}
