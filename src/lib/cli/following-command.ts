import type { Interfaces } from '@oclif/core'
import type { ErrorKind } from '../core/error-kinds.ts'
import type { Activity } from '../core/model.ts'
import type { Provider } from '../providers/port.ts'
import { type ActivityView, silentView } from './activity-view.ts'
import { requireSuccess } from './activity-verdict.ts'
import { ResultCommand } from './result-command.ts'
import { isGitHub } from './github/workflow-commands.ts'
import { PROVIDER_KINDS } from './exit-codes.ts'
import { renderStarted } from './render/activities.ts'
import type { Layout } from './render/layout.ts'
import { createRecorder } from './report/record.ts'
import { reportError } from './report-error.ts'
import { requirePart } from './require-part.ts'
import { parseDuration } from './times.ts'

type Values = Readonly<Record<string, unknown>>

export interface FollowFlags {
  readonly 'no-wait'?: boolean | undefined
  readonly timeout?: string | undefined
}

export interface Started {
  readonly provider: Provider
  readonly activity: Activity
  readonly flags: FollowFlags
}

/** Commands that start an activity and, unless told not to, stay until it is finished. */
export abstract class FollowingCommand extends ResultCommand {
  static override endsWith: readonly ErrorKind[] = [...PROVIDER_KINDS, 'pending']

  readonly #recorder = createRecorder(this.runtime.clock)
  #isFollowed = false
  #junitFile: string | undefined

  /** Refuses a wrong `--timeout` before anything is started. @throws usage.flag */
  protected override async parse<F extends Values, B extends Values, A extends Values>(
    options?: Interfaces.Input<F, B, A>,
    argv?: string[],
  ): Promise<Interfaces.ParserOutput<F, B, A>> {
    const parsed = await super.parse(options, argv)
    const timeout: unknown = parsed.flags['timeout']
    if (typeof timeout === 'string') await parseDuration(timeout, 'timeout')
    return parsed
  }

  /**
   * Prints the id with `--no-wait`; else follows and prints what it made.
   * @throws the activity's error when it failed, pending.deadline, pending.answer
   */
  protected async finish(
    started: Started,
    render: (activity: Activity, layout: Layout) => string = () => '',
  ): Promise<Activity> {
    if (started.flags['no-wait']) return this.show(started.activity, renderStarted)
    return this.show(await this.follow(started), render)
  }

  protected async follow({ activity: started, flags, provider }: Started): Promise<Activity> {
    const { createdAt, id, startedAt } = started
    this.#isFollowed = true
    this.#recorder.see(started)
    const activities = requirePart(provider, 'activities')
    const timeoutMs = flags.timeout === undefined ? undefined : await parseDuration(flags.timeout, 'timeout')
    const { followActivity } = await import('./follow-activity.ts')
    const view = async (): Promise<ActivityView> => this.#openView(Date.parse(startedAt ?? createdAt))
    const { activity, tail } = await followActivity(
      { activities, call: this.call, id, onEvent: event => this.#recorder.event(event), timeoutMs, view },
      this.runtime,
    )
    this.#recorder.see(activity)
    requireSuccess(activity, tail)
    if (activity.result === 'warning')
      this.warn(`${activity.description} ended with warnings: aloft activities log ${id}`)
    return activity
  }

  /** A JUnit report, written however the command ends. @throws not-found.file, usage.flag */
  protected async reportTo(file: string): Promise<void> {
    const { checkReportFile } = await import('./report/junit.ts')
    this.#junitFile = await checkReportFile(this.runtime.directory, file)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    try {
      await this.#writeReports()
    } catch (problem) {
      reportError(problem, this.runtime, {})
    } finally {
      await super.finally(error)
    }
  }

  async #writeReports(): Promise<void> {
    if (!this.#isFollowed && this.failure === undefined) return
    const record = this.#recorder.end(this.failure)
    const { environment } = this.runtime
    const page = isGitHub(environment) ? environment['GITHUB_STEP_SUMMARY'] : undefined
    if (page) await (await import('./report/job-summary.ts')).appendJobSummary(page, record)
    const file = this.#junitFile
    if (file !== undefined) await (await import('./report/junit.ts')).writeJunit(file, record)
  }

  async #openView(startedAt: number): Promise<ActivityView> {
    if (this.isQuiet) return silentView
    const { environment, terminal } = this.runtime
    if (terminal.animates && !this.jsonEnabled())
      return (await import('./tree-view.ts')).createTreeView(terminal.stderrColours)
    const write = (text: string): void => this.runtime.tell(text)
    const options = { isTerminal: terminal.stderrIsTerminal, startedAt, write }
    if (isGitHub(environment)) return (await import('./github/grouped-view.ts')).createGroupedView(options)
    return (await import('./plain-view.ts')).createPlainView(options)
  }
}
