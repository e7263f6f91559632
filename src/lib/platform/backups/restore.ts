import { AppError, toErrorDocument } from '../../core/errors.ts'
import { createId } from '../../core/ids.ts'
import type { ActivityContext } from '../activities/port.ts'
import type { BackupRecord } from '../store/port.ts'
import { Applications } from './applications.ts'
import type { BackupDeps } from './deps.ts'
import { makeBackup } from './make-backup.ts'
import type { RestoreInput } from './port.ts'
import { Replacement } from './replacement.ts'
import { choiceOf, partsOf, type Plan, planRestore, refuseWithoutSpace, resolvePlan } from './restore-plan.ts'
import { checkContents } from './unpack.ts'
import type { VolumePlace } from './volumes.ts'

/** How long the applications may take to come back after a restore that failed, ms. */
const START_MS = 120_000

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
  readonly #replacement: Replacement

  private constructor(deps: BackupDeps, context: ActivityContext<RestoreInput>, plan: Plan) {
    this.#deps = deps
    this.#context = context
    this.#plan = plan
    this.#applications = new Applications(deps, context.input.environment, plan.live)
    this.#replacement = new Replacement(deps, context, { applications: this.#applications, plan })
  }

  /** `clones` are put in place with the backup. @throws what `planRestore` throws, failed.restore, failed.verify, failed.dump, failed.cancelled: `details.state` says how it ended */
  static async run(
    deps: BackupDeps,
    context: ActivityContext<RestoreInput>,
    clones: readonly VolumePlace[] = [],
  ): Promise<void> {
    context.phase('check')
    const request = { ...context.input, clones }
    // what was chosen stays, whatever the restore has changed since
    const choice = await context.step('plan', async () => choiceOf(await planRestore(deps, request)))
    await new Restore(deps, context, await resolvePlan(deps, request, choice)).#run()
  }

  async #run(): Promise<void> {
    const context = this.#context
    for (const warning of this.#plan.warnings) context.log({ level: 'warning', message: warning })
    const wanted = partsOf(this.#plan)
    await context.step('check', async () => {
      await refuseWithoutSpace(this.#deps, wanted)
      await checkContents(this.#deps, wanted, context.signal)
    })
    try {
      context.phase('stop')
      await context.step('stop', () => this.#applications.stop(context.signal))
      await this.#makeSafetyBackup()
      context.phase('restore')
      context.commit()
      await this.#replacement.run()
      context.phase('start')
      await context.step('start', () => this.#applications.start(context.signal))
    } catch (error) {
      if (context.interrupted) throw error
      throw await (context.activity.committedAt === undefined ? this.#leave(error) : this.#goBack(error))
    }
    context.setOutput({ state: 'restored' satisfies RestoreState })
    await this.#replacement.dropOld()
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
    // it may be a full disk that has to be undone, by steps and keepers that write
    this.#deps.store.makeRoom()
    context.log({ level: 'error', message })
    context.phase('roll-back')
    const safety = this.#safetyBackup()
    try {
      await this.#replacement.undo(safety)
      await context.step('rollback:start', () => this.#applications.start(context.signal))
    } catch (problem) {
      if (context.interrupted) throw problem
      this.#report(problem)
      await this.#applications.start(AbortSignal.timeout(START_MS)).catch((other: unknown) => this.#report(other))
      return this.#verdict('broken', message, safety)
    }
    return this.#verdict('rolled-back', message, safety)
  }

  #safetyBackup(): BackupRecord | undefined {
    const id = this.#context.activity.output?.['safetyBackup']
    const found = typeof id === 'string' ? this.#deps.store.backups.get(id) : undefined
    return found?.state === 'complete' ? found : undefined
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
}
