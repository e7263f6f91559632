import { existsSync, readdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { diskError } from '../../../../core/disk-errors.ts'
import { AppError } from '../../../../core/errors.ts'
import type { Layout } from '../../../layout.ts'
import { removeTree } from '../../../remove-tree.ts'
import type { LaunchSpec, Volume, VolumeCopy } from '../../port.ts'
import { volumeRoot } from '../isolation/mounts.ts'
import type { Owner } from '../isolation/permissions.ts'
import { copyTree } from '../volumes/copy-tree.ts'
import { measureTree } from '../volumes/measure-tree.ts'
import { findQuotas, makeVolume } from '../volumes/volume-quotas.ts'
import type { Jobs } from './jobs.ts'
import type { Supervisor } from './supervisor.ts'

/** What is no volume has it in its name on disk. */
const MARK = '~'
/** A volume that is being removed. */
const GONE = `${MARK}gone`

export interface VolumesDeps {
  readonly layout: Layout
  readonly environment: string
  readonly owner: Owner
  readonly supervisor: Supervisor
  readonly jobs: Jobs
}

/** The files of an environment that outlive its instances. */
export class Volumes {
  readonly #deps: VolumesDeps
  #latest: Promise<unknown> = Promise.resolve()
  #changes = 0

  constructor(deps: VolumesDeps) {
    this.#deps = deps
  }

  /** How many are being changed, or wait for that. */
  get active(): number {
    return this.#changes
  }

  /** Resolves when nothing is being changed any more: the next keeper would take what is half done for left over. */
  async close(): Promise<void> {
    while (this.#changes > 0) await this.#latest
  }

  /** Finishes what the keeper before this one was doing. */
  async recover(): Promise<void> {
    for (const entry of entriesOf(this.#root)) if (entry.endsWith(GONE)) await removeTree(join(this.#root, entry))
  }

  /** All, also those that nothing mounts any more. */
  async list(): Promise<readonly Volume[]> {
    const found: Volume[] = []
    const quotas = await findQuotas(this.#root)
    for (const entry of entriesOf(this.#root).filter(isVolume)) {
      const path = join(this.#root, entry)
      const limitBytes = await quotas?.limitOf(path)
      found.push({ ...parseEntry(entry), ...(await measureTree(path)), limitBytes })
    }
    return found
  }

  /** @throws conflict.volume-in-use */
  remove(names: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#assertUnused(names)
      for (const entry of named(this.#root, names)) {
        const path = join(this.#root, entry)
        await removeTree(path + GONE)
        renameSync(path, path + GONE)
        await removeTree(path + GONE)
      }
    })
  }

  /** @throws conflict.volume-in-use, failed.disk-full */
  copy({ from, volumes }: Omit<VolumeCopy, 'to'>): Promise<void> {
    return this.#inTurn(async () => {
      const { environment, layout } = this.#deps
      await this.#assertUnused(volumes.map(({ as }) => as))
      for (const { as, instance, name } of volumes) {
        const source = volumeRoot(layout, from, { instance, name })
        if (!existsSync(source)) continue
        const target = volumeRoot(layout, environment, { instance, name: as })
        await removeTree(target)
        await this.#copyEntry(source, target).catch((error: unknown) => Promise.reject(diskError(error, target)))
      }
    })
  }

  /** The directory of a volume stays the keeper's: who owned it could put links in the place of what is mounted. */
  async #copyEntry(source: string, target: string): Promise<void> {
    await makeVolume(target)
    for (const name of entriesOf(source)) await copyTree(join(source, name), join(target, name), this.#deps.owner)
  }

  get #root(): string {
    return this.#deps.layout.volumes(this.#deps.environment)
  }

  /** What is being stopped is waited for. */
  async #assertUnused(names: readonly string[]): Promise<void> {
    const { jobs, supervisor } = this.#deps
    const uses = ({ mounts }: LaunchSpec): boolean =>
      mounts.some(({ source, volume }) => source !== 'tmp' && names.includes(volume))
    await supervisor.untilLeft(uses)
    const users = [
      ...supervisor.usersOf(uses),
      ...jobs.running.filter(({ spec }) => uses(spec.launch)).map(({ spec }) => `job ${spec.id}`),
    ]
    if (users.length === 0) return
    throw new AppError(
      'conflict.volume-in-use',
      `${users.join(', ')} of ${this.#deps.environment} use ${names.join(', ')}`,
    )
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    this.#changes++
    const turn = this.#latest.then(run).finally(() => this.#changes--)
    this.#latest = turn.catch(() => undefined)
    return turn
  }
}

function named(root: string, names: readonly string[]): string[] {
  return entriesOf(root).filter(entry => isVolume(entry) && names.includes(parseEntry(entry).name))
}

function isVolume(entry: string): boolean {
  return !entry.includes(MARK)
}

/** `<volume>` or `<volume>@<instance>`, the volume's name percent-encoded. */
function parseEntry(entry: string): Pick<Volume, 'instance' | 'name'> {
  const [name = '', instance] = entry.split('@')
  return { instance, name: decodeURIComponent(name) }
}

function entriesOf(directory: string): readonly string[] {
  return existsSync(directory) ? readdirSync(directory).toSorted() : []
}
