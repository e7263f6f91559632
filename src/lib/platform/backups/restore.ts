import type { BundlePart } from '../../bundle/manifest.ts'
import { AppError, toErrorDocument } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import type { ActivityContext } from '../activities/port.ts'
import type { ServiceTarget } from '../services/port.ts'
import type { BackupRecord } from '../store/port.ts'
import { Applications } from './applications.ts'
import type { BackupDeps } from './deps.ts'
import { makeBackup } from './make-backup.ts'
import type { RestoreInput } from './port.ts'
import { requireComplete } from './records.ts'
import { choiceOf, type Plan, planRestore, refuseWithoutSpace, resolvePlan } from './restore-plan.ts'
import { checkContents, unpack } from './unpack.ts'
import { FreshVolume, nameOf } from './volumes.ts'

/**
 * How a restore left its environment: with the backup's data, as it was before, never touched, or with neither the one nor the
 * other (`broken`: the error says what to type).
 */
export type RestoreState = 'broken' | 'restored' | 'rolled-back' | 'untouched'

/**
 * A restore over an environment, by steps of an activity inside its lane. Until `commit` nothing was changed; from then on it
 * ends restored, or goes back to the safety backup. Taken up again after a crash it goes on where it was, either way.
 */
export class Restore {
  readonly #deps: BackupDeps
  readonly #context: ActivityContext<RestoreInput>
  readonly #plan: Plan
  readonly #applications: Applications

  private constructor(deps: BackupDeps, context: ActivityContext<RestoreInput>, plan: Plan) {
    this.#deps = deps
    this.#context = context
    this.#plan = plan
    this.#applications = new Applications(deps, context.input.environment, plan.live)
  }

  /** @throws what `planRestore` throws, failed.restore, failed.verify, failed.dump, failed.cancelled: `details.state` says how it ended */
  static async run(deps: BackupDeps, context: ActivityContext<RestoreInput>): Promise<void> {
    context.phase('check')
    // what was chosen stays, whatever the restore has changed since
    const choice = await context.step('plan', async () => choiceOf(await planRestore(deps, context.input)))
    await new Restore(deps, context, await resolvePlan(deps, context.input, choice)).#run()
  }

  async #run(): Promise<void> {
    const context = this.#context
    for (const warning of this.#plan.warnings) context.log({ level: 'warning', message: warning })
    const { services, volumes } = this.#plan
    const wanted = [...services, ...volumes].map(({ part }) => part)
    await context.step('check', async () => {
      await refuseWithoutSpace(this.#deps, this.#plan)
      await checkContents(this.#deps.parts, wanted, context.signal)
    })
    try {
      context.phase('stop')
      await context.step('stop', () => this.#applications.stop(context.signal))
      await this.#makeSafetyBackup()
      context.phase('restore')
      context.commit()
      await this.#write()
      context.phase('start')
      await context.step('start', () => this.#applications.start(context.signal))
    } catch (error) {
      if (context.interrupted) throw error
      throw await (context.activity.committedAt === undefined ? this.#leave(error) : this.#goBack(error))
    }
    context.setOutput({ state: 'restored' satisfies RestoreState })
    await this.#dropOld()
  }

  /** Of what the restore will replace, while nothing of the applications runs. */
  async #makeSafetyBackup(): Promise<void> {
    const context = this.#context
    const { environment, only, safetyBackup } = context.input
    if (!safetyBackup) return
    const backup = await context.step('safety', () => createId('bkp'))
    context.setOutput({ safetyBackup: backup })
    await makeBackup(this.#deps, context, {
      backup,
      consistency: 'consistent',
      environment,
      isStopped: true,
      keep: false,
      label: `before ${this.#plan.backup.id} was restored`,
      only,
      reason: 'safety',
    })
  }

  async #write(): Promise<void> {
    const { services, volumes } = this.#plan
    const context = this.#context
    await context.step('stop-services', () => this.#stopServices())
    for (const { part, target } of services)
      await context.step(`restore:service:${target.place.name}`, () => this.#restoreService(target, part))
    for (const { part, target } of volumes) {
      const fresh = this.#fresh(target)
      const name = nameOf(target)
      await context.step(`extract:${name}`, () => this.#extract(part, fresh))
      await context.step(`exchange:${name}`, () => fresh.exchange())
      context.log({ message: `${name}: ${part.files} files restored` })
    }
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
    const { operations } = this.#deps
    await unpack(this.#deps.parts, part, content => operations.restore(target, content, this.#context.signal))
    this.#context.log({ message: `${target.place.name}: restored` })
  }

  /** Those that read their data at the start only. */
  async #stopServices(): Promise<void> {
    const names = this.#plan.services.flatMap(({ target: { place, type } }) =>
      type.data?.restoresStopped === true ? place.name : [],
    )
    if (names.length > 0) await this.#applications.stopServices(new Set(names), this.#context.signal)
  }

  #fresh(target: Plan['volumes'][number]['target']): FreshVolume {
    return new FreshVolume(this.#deps.layout, target, this.#context.activity.id)
  }

  /** Nothing was written: the applications go on. */
  async #leave(error: unknown): Promise<unknown> {
    await this.#applications.start(AbortSignal.timeout(START_MS)).catch((problem: unknown) => this.#report(problem))
    this.#context.setOutput({ state: 'untouched' satisfies RestoreState })
    return error
  }

  /** From here on it cannot be cancelled: going back is done by steps, and goes on after a crash. */
  async #goBack(error: unknown): Promise<unknown> {
    const context = this.#context
    const { message } = toErrorDocument(error)
    context.log({ level: 'error', message })
    context.phase('roll-back')
    const safety = this.#safetyBackup()
    try {
      await this.#writeBack(safety)
      await context.step('rollback:start', () => this.#applications.start(context.signal))
    } catch (problem) {
      if (context.interrupted) throw problem
      this.#report(problem)
      await this.#applications.start(AbortSignal.timeout(START_MS)).catch((other: unknown) => this.#report(other))
      return this.#verdict('broken', message, safety)
    }
    return this.#verdict('rolled-back', message, safety)
  }

  async #writeBack(safety: BackupRecord | undefined): Promise<void> {
    const context = this.#context
    const { services, volumes } = this.#plan
    await context.step('rollback:stop', async () => {
      await this.#applications.stop(context.signal)
      await this.#stopServices()
    })
    for (const { target } of volumes)
      await context.step(`rollback:volume:${nameOf(target)}`, () => this.#fresh(target).takeBack())
    for (const { target } of services) {
      const { name } = target.place
      const part = safety?.manifest?.parts.find(own => own.kind !== 'volume' && own.service === name)
      if (!part) throw new AppError('failed.restore', `there is no safety backup of ${name} to go back to`)
      await context.step(`rollback:service:${name}`, () => this.#restoreService(target, part))
    }
  }

  #safetyBackup(): BackupRecord | undefined {
    const id = this.#context.activity.output?.['safetyBackup']
    return typeof id === 'string' ? requireComplete(this.#deps.store, id) : undefined
  }

  #verdict(state: RestoreState, reason: string, safety: BackupRecord | undefined): AppError {
    const { input } = this.#context
    this.#context.setOutput({ state })
    const again = `aloft restore ${safety?.id ?? input.backup} --to ${this.#applications.names}`
    const end =
      state === 'rolled-back'
        ? 'the environment is as it was before'
        : 'the environment has neither its old data nor all of the new'
    return new AppError('failed.restore', `${reason}; ${end}`, {
      details: { backup: input.backup, safetyBackup: safety?.id, state },
      suggestions: state === 'broken' ? [again] : [`see the log: aloft activities log ${this.#context.activity.id}`],
    })
  }

  #report(problem: unknown): void {
    this.#context.log({ level: 'error', message: toErrorDocument(problem).message })
  }

  /** What was there before goes last; what stays of it does not make a good restore a bad one. */
  async #dropOld(): Promise<void> {
    await this.#context.step('clean', async () => {
      for (const { target } of this.#plan.volumes)
        await this.#fresh(target)
          .dropOld()
          .catch((problem: unknown) => this.#context.warn(toErrorDocument(problem).message))
    })
  }
}

/** How long the applications may take to come back after a restore that failed, ms. */
const START_MS = 120_000
