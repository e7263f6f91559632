import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import * as z from 'zod/mini'
import type { DesiredEnvironment, ServiceState } from '../../port.ts'
import { isDiskFull } from '../../../../core/disk-errors.ts'
import type { Secrets } from '../../../../secrets/seal.ts'
import { desiredSchema, identitySchema } from '../messages.ts'
import { identify, type ProcessIdentity } from '../process-tree.ts'
import { choosePort, isFree } from '../ports.ts'

const portsSchema = z.record(z.string(), z.number())
const childrenSchema = z.record(z.string(), identitySchema)

/** Between two attempts to write to a full disk. */
const RETRY_MS = 1000

const NOTHING = { generation: -1, releases: [] }

export interface KeeperStateOptions {
  readonly directory: string
  readonly environment: string
  readonly secrets: Secrets
}

/**
 * What a keeper writes down in its directory, readable by its own user alone: all it needs to take over after a crash.
 * The desired state holds run-time variables and is encrypted.
 */
export class KeeperState {
  readonly directory: string
  readonly #environment: string
  readonly #secrets: Secrets
  #desired: DesiredEnvironment
  /** Files that a full disk did not take yet. */
  readonly #late = new Map<string, NodeJS.Timeout>()
  #ports: Record<string, number>
  #children: Record<string, ProcessIdentity>

  constructor({ directory, environment, secrets }: KeeperStateOptions) {
    mkdirSync(directory, { mode: 0o700, recursive: true })
    this.directory = directory
    this.#environment = environment
    this.#secrets = secrets
    this.#desired = readDesired(directory, { environment, secrets }) ?? { ...NOTHING, environment }
    this.#ports = readJson(join(directory, 'ports.json'), portsSchema) ?? {}
    this.#children = readJson(join(directory, 'children.json'), childrenSchema) ?? {}
  }

  get desired(): DesiredEnvironment {
    return this.#desired
  }

  /** Is on disk when this returns. */
  setDesired(desired: DesiredEnvironment): void {
    const sealed = this.#secrets.seal(JSON.stringify(desired), contextOf(this.#environment))
    writePrivate(desiredFile(this.directory), sealed, { durable: true })
    this.#desired = desired
  }

  /** The children of the keeper before this one, as far as they were written down. */
  get children(): readonly ProcessIdentity[] {
    return Object.values(this.#children)
  }

  /** Before a child counts as started. Need not outlive a power cut: the boot id would not match. */
  recordChild(key: string, pid: number): void {
    const identity = identify(pid)
    if (!identity) return
    this.#children[key] = identity
    this.#writeChildren()
  }

  forgetChild(key: string): void {
    if (this.#children[key] === undefined) return
    delete this.#children[key]
    this.#writeChildren()
  }

  forgetAllChildren(): void {
    this.#children = {}
    this.#writeChildren()
  }

  /** The slot's own port, the same as ever unless another program has taken it. */
  async claimPort(slot: string): Promise<{ readonly port: number; readonly takenBefore?: number }> {
    const before = this.#ports[slot]
    if (before !== undefined && (await isFree(before))) return { port: before }
    const port = await choosePort(new Set(Object.values(this.#ports)))
    this.#ports[slot] = port
    this.#writePorts()
    return before === undefined ? { port } : { port, takenBefore: before }
  }

  /** Gives up the ports of slots that are no longer wanted. */
  keepPorts(slots: ReadonlySet<string>): void {
    const kept = Object.fromEntries(Object.entries(this.#ports).filter(([slot]) => slots.has(slot)))
    if (Object.keys(kept).length === Object.keys(this.#ports).length) return
    this.#ports = kept
    this.#writePorts()
  }

  #writePorts(): void {
    this.#writeSoon('ports.json', () => this.#ports)
  }

  #writeChildren(): void {
    this.#writeSoon('children.json', () => this.#children)
  }

  /** At once; on a full disk as soon as there is room, so that what runs goes on. */
  #writeSoon(name: string, value: () => unknown): void {
    const path = join(this.directory, name)
    clearTimeout(this.#late.get(name))
    this.#late.delete(name)
    try {
      writePrivate(path, JSON.stringify(value()))
    } catch (error) {
      if (!isDiskFull(error)) throw error
      this.#late.set(name, setTimeout(() => this.#writeSoon(name, value), RETRY_MS).unref())
    }
  }

  get environment(): string {
    return this.#environment
  }
}

/** Whether the environment should have something running, from what its keeper wrote down. */
export function wantsKeeper({ directory, ...sealing }: KeeperStateOptions): boolean {
  const desired = readDesired(directory, sealing)
  return desired?.releases.some(({ services }) => services.some(({ count }) => count > 0)) ?? false
}

/** Equal for states whose instances may go on running: size, limits and grace do not count. */
export function serviceHash(state: ServiceState): string {
  const { count: _count, graceMs: _grace, launch, ...rest } = state
  const { cpu: _cpu, memoryMb: _memory, quotas: _quotas, ...process } = launch
  return createHash('sha256')
    .update(canonical({ ...rest, launch: process }))
    .digest('hex')
}

/** JSON with sorted keys; undefined members are left out. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

function desiredFile(directory: string): string {
  return join(directory, 'desired.sealed')
}

/** @throws unavailable.platform when it was sealed with another key */
function readDesired(
  directory: string,
  { environment, secrets }: Omit<KeeperStateOptions, 'directory'>,
): DesiredEnvironment | undefined {
  const sealed = readIfThere(desiredFile(directory))
  return sealed && desiredSchema.parse(JSON.parse(secrets.open(sealed, contextOf(environment))))
}

/** What the sealed desired state is bound to. */
function contextOf(environment: string): string {
  return `keeper.desired ${environment}`
}

export function readJson<T>(path: string, schema: z.ZodMiniType<T>): T | undefined {
  const text = readIfThere(path)
  return text && schema.parse(JSON.parse(text.toString()))
}

/** What is there and cannot be read is not nothing: what runs would be forgotten. */
function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function writePrivate(path: string, content: string | Uint8Array, { durable = false } = {}): void {
  writeFileAtomic.sync(path, Buffer.from(content), { fsync: durable, mode: 0o600 })
}
