import { Command, Config, Flags, type Interfaces } from '@oclif/core'
import type { ErrorKind } from '../core/error-kinds.ts'
import { AppError, type ErrorDocument, toErrorDocument } from '../core/errors.ts'
import type { EnvironmentRef } from '../core/model.ts'
import type { Account, Accounts } from '../providers/accounts-port.ts'
import type { Call, Provider } from '../providers/port.ts'
import { EXIT_UNEXPECTED, PROVIDER_KINDS } from './exit-codes.ts'
import { isGitHub, renderAnnotation } from './github/workflow-commands.ts'
import { withHeartbeat } from './heartbeat.ts'
import { readLink } from './link-file.ts'
import { exitStatusOf, fromOclifError } from './oclif-errors.ts'
import { documentFormatOf, isForPrograms } from './output/choice.ts'
import { type DocumentPrinter, ENVELOPE_VERSION, loadYamlPrinter, printJson, printJsonLine } from './output/document.ts'
import { outputError } from './output-error.ts'
import { isPipeClosed } from './pipe-closed.ts'
import { reportError } from './report-error.ts'
import { resolveEnvironment, type TargetFlags } from './target.ts'
import { createRuntime, type ProviderChoice, type Runtime } from './runtime.ts'
import { withoutPerson } from './terminal.ts'

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const
/** Passed on to a remote process; Windows knows only the first two. */
const FORWARDED: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? [] : ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2']
const GLOBAL = 'GLOBAL'

/** All that the commands know of oclif: runtime, provider, signals, errors and exit codes. */
export abstract class BaseCommand extends Command {
  static override baseFlags = {
    account: Flags.string({
      description: 'account to use (see `aloft whoami`)',
      env: 'ALOFT_ACCOUNT',
      helpGroup: GLOBAL,
    }),
    accessible: Flags.boolean({
      description: 'no cursor movement, no symbols; questions as numbered lines (for screen readers)',
      env: 'ALOFT_ACCESSIBLE',
      helpGroup: GLOBAL,
    }),
    debug: Flags.boolean({
      description: 'show each request and answer on stderr, without secrets',
      env: 'ALOFT_DEBUG',
      helpGroup: GLOBAL,
    }),
    'no-color': Flags.boolean({ description: 'no colours', helpGroup: GLOBAL }),
    provider: Flags.string({
      description: 'kind of cloud, e.g. platform',
      env: 'ALOFT_PROVIDER',
      helpGroup: GLOBAL,
    }),
    quiet: Flags.boolean({ description: 'say nothing on stderr but errors', helpGroup: GLOBAL }),
  }
  static override enableJsonFlag = true
  /** What a failure of it may be: with `exit-codes.ts` the exit codes that a script has to expect. */
  static endsWith: readonly ErrorKind[] = PROVIDER_KINDS
  /** Whether the exit code is a remote process's own. */
  static endsWithRemote = false

  /** With the configuration that the command was found in: oclif would load it a second time. */
  static override async run<T extends Command>(
    this: new (argv: string[], config: Config) => T,
    argv?: string[],
    options?: Interfaces.LoadOptions,
  ): Promise<ReturnType<T['run']>> {
    if (argv !== undefined && options instanceof Config) {
      const command = new this(argv, options)
      // oxlint-disable-next-line no-underscore-dangle -- oclif's name for what comes after loading
      if (command instanceof BaseCommand) return command._run()
    }
    return Command.run.call(this, argv, options)
  }

  protected runtime: Runtime = this.createRuntime()
  /** Under `--json` one compact object a line, each with a `type`, instead of one document. */
  protected readonly streamsJson: boolean = false
  /** Whether a long silence needs a word: not where streams belong to somebody else. */
  protected readonly showsLife: boolean = true
  /** How the command failed, once it has. */
  protected failure: ErrorDocument | undefined
  /** The directory that file names in errors are relative to, where they are. */
  protected filesIn: string | undefined
  #abort = new AbortController()
  #ended = new AbortController()
  #warnings: string[] = []
  #print: DocumentPrinter | undefined
  #opened: Provider[] = []
  #forward: ((name: NodeJS.Signals) => void) | undefined

  /** The one seam: a test's subclass brings its own. */
  protected createRuntime(): Runtime {
    return createRuntime({ isDebugging: this.#has('--debug'), isQuiet: this.isQuiet })
  }

  protected get call(): Call {
    return { signal: this.#abort.signal }
  }

  protected get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The provider chosen by flags, environment variables or the linked directory, in this order; closed when the command ends. */
  protected async openProvider(choice: ProviderChoice): Promise<Provider> {
    const opened = await this.runtime.openProvider({ ...(await this.#complete(choice)), trial: choice.trial })
    this.#opened.push(opened)
    return opened
  }

  /** The account that `openProvider` would use. */
  protected async findAccount(choice: ProviderChoice): Promise<Account> {
    return this.runtime.findAccount(await this.#complete(choice))
  }

  async #complete({ account, provider }: ProviderChoice): Promise<ProviderChoice> {
    const { notify, signal } = this
    const isChosen = account !== undefined || provider !== undefined || Boolean(this.runtime.environment['ALOFT_TOKEN'])
    const link = isChosen ? undefined : await readLink(this.runtime.directory)
    return { account: account ?? link?.account, notify, provider: provider ?? link?.provider, signal }
  }

  protected openAccounts(): Promise<Accounts> {
    return this.runtime.openAccounts(this.notify)
  }

  private readonly notify = (text: string): void => void this.warn(text)

  /** Flags > environment variables > link > question; a derived one is said on stderr. */
  protected async target(flags: TargetFlags, provider: Provider, fallback?: string): Promise<EnvironmentRef> {
    const request = { call: this.call, fallback, flags, provider }
    const { environment, notice, project } = await resolveEnvironment(request, this.runtime)
    if (notice !== undefined) this.tell(notice)
    return project === undefined ? { environment } : { environment, project }
  }

  /** A line of the conversation, on stderr. */
  protected tell(line: string): void {
    if (!this.isQuiet) this.runtime.tell(`${line}\n`)
  }

  protected get isQuiet(): boolean {
    return this.#has('--quiet')
  }

  /** Known before anything is parsed, and also where that fails. */
  #has(flag: string): boolean {
    const end = this.argv.indexOf('--')
    return (end === -1 ? this.argv : this.argv.slice(0, end)).includes(flag)
  }

  /** From now on signals go to `forward` instead of ending the command. */
  protected forwardSignals(forward: ((name: NodeJS.Signals) => void) | undefined): void {
    for (const name of FORWARDED) process[forward ? 'on' : 'off'](name, this.#onSignal)
    this.#forward = forward
  }

  /** A second way to end with another code than the table's: `shell` and `exec` do. */
  protected exitCodeFor(_error: unknown): number | undefined {
    return undefined
  }

  /** Collected for the JSON document, a line of a JSON stream, or for people on stderr. */
  override warn(input: Error | string): Error | string {
    const text = typeof input === 'string' ? input : input.message
    const onGitHub = isGitHub(this.runtime.environment)
    if (onGitHub) this.runtime.tell(renderAnnotation({ level: 'warning', message: text }))
    else if (!this.jsonEnabled()) this.runtime.tell(`Warning: ${text}\n`)
    if (!this.jsonEnabled()) return input
    if (this.streamsJson) this.logJson({ type: 'warning', message: text })
    else this.#warnings.push(text)
    return input
  }

  /** A program reads stdout: `--json`, or `--output` with json or yaml. */
  override jsonEnabled(): boolean {
    return documentFormatOf(this.argv) !== undefined
  }

  override logJson(json: unknown): void {
    this.runtime.write(this.#toText(json))
  }

  protected override toSuccessJson(result: unknown): unknown {
    return { version: ENVELOPE_VERSION, result, warnings: this.#warnings }
  }

  protected override async init(): Promise<void> {
    await super.init()
    await this.#warnOfSettings()
    if (documentFormatOf(this.argv) === 'yaml') this.#print = await loadYamlPrinter()
    // a program reads what is printed: nobody is there to answer
    if (isForPrograms(this.argv)) this.runtime = { ...this.runtime, terminal: withoutPerson(this.runtime.terminal) }
    if (this.showsLife && !this.isQuiet && !this.runtime.terminal.interactive)
      this.runtime = withHeartbeat(this.runtime, this.#ended.signal)
    for (const name of STOP_SIGNALS) process.on(name, this.#onSignal)
    process.stdout.prependListener('error', this.#onStdoutError)
  }

  protected override async catch(thrown: Error): Promise<void> {
    const reason: unknown = this.#abort.signal.reason
    if (isPipeClosed(reason) || isPipeClosed(thrown)) return this.runtime.setExitCode(0)
    const status = exitStatusOf(thrown)
    if (status !== undefined) return this.runtime.setExitCode(status)
    // what the user did beats what it broke
    const error = this.#abort.signal.aborted && !isInterruption(thrown) ? reason : this.#explain(thrown)
    this.failure = toErrorDocument(error)
    reportError(error, this.runtime, {
      exitCode: this.exitCodeFor(error),
      print: this.jsonEnabled() ? failed => this.#toText(this.#toFailureJson(failed)) : undefined,
      filesIn: this.filesIn,
    })
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.#ended.abort(new Error('the command has ended'))
    for (const name of STOP_SIGNALS) process.off(name, this.#onSignal)
    process.stdout.off('error', this.#onStdoutError)
    await Promise.allSettled(this.#opened.map(async provider => provider.close()))
    await super.finally(error)
  }

  #toText(document: unknown): string {
    const print = this.#print ?? (this.streamsJson ? printJsonLine : printJson)
    return print(document)
  }

  #toFailureJson(error: ErrorDocument): unknown {
    return this.streamsJson ? { type: 'error', error } : { version: ENVELOPE_VERSION, error, warnings: this.#warnings }
  }

  async #warnOfSettings(): Promise<void> {
    const { settings } = this.runtime
    if (settings.broken === undefined && settings.problems.length === 0) return
    const { settingsProblems } = await import('./settings/settings-problems.ts')
    for (const problem of settingsProblems(settings)) this.warn(problem)
  }

  #explain(thrown: Error): unknown {
    const id = this.id ?? ''
    const command = `${this.config.bin} ${id.replaceAll(':', ' ')}`.trim()
    const below = this.config.commandIDs.filter(each => each.startsWith(`${id}:`))
    return fromOclifError(thrown, { command, subcommands: below.map(each => each.slice(id.length + 1)) })
  }

  #onSignal = (name: NodeJS.Signals): void => {
    if (this.#forward) return this.#forward(name)
    if (this.#abort.signal.aborted) return this.#endAtOnce(name)
    this.#abort.abort(new AppError('interrupted.signal', 'interrupted', { details: { signal: name } }))
  }

  /**
   * On the second signal, as the system does it. The listeners stay until then: libraries that restore the cursor end the
   * process on a signal for which they find no other listener.
   */
  #endAtOnce(name: NodeJS.Signals): void {
    for (const each of STOP_SIGNALS) process.removeAllListeners(each)
    process.kill(process.pid, name)
  }

  // oclif swallows EPIPE, so without this `logs --follow | head` would run for ever
  #onStdoutError = (error: NodeJS.ErrnoException): void => {
    this.runtime.setExitCode(EXIT_UNEXPECTED) // so that `main` leaves it to `catch`
    this.#abort.abort(outputError(error))
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof AppError && error.code === 'interrupted.signal'
}
