import type { BundlePart } from '../../bundle/manifest.ts'
import { AppError, toErrorDocument } from '../../core/errors.ts'
import type { ActivityContext } from '../activities/port.ts'
import { volumeRoot } from '../engine/process/isolation/mounts.ts'
import { removeTree } from '../remove-tree.ts'
import type { ServiceTarget } from '../services/port.ts'
import type { BackupRecord } from '../store/port.ts'
import type { Applications } from './applications.ts'
import type { BackupDeps } from './deps.ts'
import type { RestoreInput } from './port.ts'
import type { Plan } from './restore-plan.ts'
import { checkContents, unpack } from './unpack.ts'
import { FreshVolume, nameOf, type VolumePlace } from './volumes.ts'

/** A backup's data in place of an environment's, and the way back. By steps of the activity, so that it goes on after a crash. */
export class Replacement {
  readonly #deps: BackupDeps
  readonly #context: ActivityContext<RestoreInput>
  readonly #applications: Applications
  readonly #plan: Plan

  constructor(
    deps: BackupDeps,
    context: ActivityContext<RestoreInput>,
    { applications, plan }: { readonly applications: Applications; readonly plan: Plan },
  ) {
    this.#deps = deps
    this.#context = context
    this.#applications = applications
    this.#plan = plan
  }

  /** The backup's data takes the place of the environment's. */
  async run(): Promise<void> {
    const { clones, services, volumes } = this.#plan
    const context = this.#context
    await context.step('stop-services', () => this.#stopServices())
    for (const { part, target } of services)
      await context.step(`restore:service:${target.place.name}`, () => this.#restoreService(target, part))
    for (const { part, target } of volumes) {
      const fresh = this.#volume(target)
      const name = nameOf(target)
      await context.step(`extract:${name}`, () => this.#extract(part, fresh))
      await context.step(`exchange:${name}`, () => fresh.exchange())
      context.log({ message: `${name}: ${part.files} files restored` })
    }
    for (const target of clones) {
      const name = nameOf(target)
      await context.step(`exchange:${name}`, () => this.#volume(target).exchange())
      context.log({ message: `${name}: cloned` })
    }
  }

  /** The environment has its own data again: volumes as they were, services out of the safety backup. */
  async undo(safety: BackupRecord | undefined): Promise<void> {
    const context = this.#context
    const { services } = this.#plan
    await context.step('rollback:stop', async () => {
      await this.#applications.stop(context.signal)
      await this.#stopServices()
    })
    for (const target of this.#targets)
      await context.step(`rollback:volume:${nameOf(target)}`, () => this.#volume(target).takeBack())
    for (const { target } of services) {
      const { name } = target.place
      const part = safety?.manifest?.parts.find(own => own.kind !== 'volume' && own.service === name)
      if (!part) throw new AppError('failed.restore', `there is no safety backup of ${name} to go back to`)
      await context.step(`rollback:service:${name}`, () => this.#bringBack(target, part))
    }
  }

  /** What was there before goes last; what stays of it does not make a good restore a bad one. */
  async dropOld(): Promise<void> {
    await this.#context.step('clean', async () => {
      for (const target of this.#targets)
        await this.#volume(target)
          .dropOld()
          .catch((problem: unknown) => this.#context.warn(toErrorDocument(problem).message))
    })
  }

  /** The volumes that are replaced. */
  get #targets(): VolumePlace[] {
    return [...this.#plan.volumes.map(({ target }) => target), ...this.#plan.clones]
  }

  async #extract(part: BundlePart, fresh: FreshVolume): Promise<void> {
    const { parts, volumeJobs } = this.#deps
    await fresh.clear()
    try {
      await unpack(parts, part, content => volumeJobs.extract(fresh.place, content, this.#context.signal))
    } catch (error) {
      // on a full disk nothing could be recorded otherwise, not even this failure
      if (!this.#context.interrupted) await fresh.clear()
      throw error
    }
  }

  async #restoreService(target: ServiceTarget, part: BundlePart): Promise<void> {
    const { operations, parts } = this.#deps
    const { signal } = this.#context
    await unpack(parts, part, content =>
      operations.restore(target, content, signal, message => this.#context.log({ level: 'warning', message })),
    )
    this.#context.log({ message: `${target.place.name}: restored` })
  }

  /** Where its server does not take the data, e.g. because what was restored so far has filled the disk, it begins with nothing. */
  async #bringBack(target: ServiceTarget, part: BundlePart): Promise<void> {
    const { name } = target.place
    const { signal } = this.#context
    // nothing is taken from it before what takes its place was read
    await checkContents(this.#deps, [part], signal)
    try {
      await this.#restoreService(target, part)
    } catch (error) {
      if (this.#context.interrupted) throw error
      this.#context.log({ level: 'warning', message: `${toErrorDocument(error).message}; again, from nothing` })
      const stopped = this.#stoppedServices
      const data = volumeRoot(this.#deps.layout, target.environment, { name })
      // a full disk does not even take the order to stop
      await removeTree(data)
      await this.#applications.stopServices(new Set([...stopped, name]), signal)
      await removeTree(data)
      if (!stopped.has(name)) await this.#applications.startServices(stopped, signal)
      await this.#restoreService(target, part)
    }
  }

  async #stopServices(): Promise<void> {
    const names = this.#stoppedServices
    if (names.size > 0) await this.#applications.stopServices(names, this.#context.signal)
  }

  /** Those that read their data at the start only. */
  get #stoppedServices(): ReadonlySet<string> {
    return new Set(
      this.#plan.services.flatMap(({ target: { place, type } }) =>
        type.data?.restoresStopped === true ? place.name : [],
      ),
    )
  }

  #volume(target: VolumePlace): FreshVolume {
    return new FreshVolume(this.#deps.layout, target, this.#context.activity.id)
  }
}
