import type { Readable, Writable } from 'node:stream'
import { isatty } from 'node:tty'
import { type Clock, systemClock } from '../core/clock.ts'
import type { Account, Accounts } from '../providers/accounts-port.ts'
import type { LocalPlatform } from '../providers/local-platform.ts'
import type { Provider } from '../providers/port.ts'
import { createPlainAsk } from './ask-plainly.ts'
import { type Ask, createAsk } from './ask.ts'
import { rememberNames } from './completion/remember-names.ts'
import { safeText } from './render/safe-text.ts'
import { applySettings, type Settings } from './settings/settings-file.ts'
import { readTerminal, type Terminal } from './terminal.ts'
import { writeBytes } from './write-bytes.ts'

export interface ProviderChoice {
  readonly provider?: string | undefined
  readonly account?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** An account that is not kept yet, with its token. */
  readonly trial?: { readonly account: Account; readonly token: string } | undefined
  /** Told what the user should know of the credentials. */
  readonly notify?: ((text: string) => void) | undefined
}

/** Everything a command may touch outside itself. Tests pass their own. */
export interface Runtime {
  readonly terminal: Terminal
  readonly environment: NodeJS.ProcessEnv
  readonly directory: string
  /** Whether requests are traced and stacks shown, on stderr. */
  readonly isDebugging: boolean
  /** The user's settings; their values are in `environment` too. */
  readonly settings: Settings
  readonly clock: Clock
  readonly ask: Ask
  /** Opened by the first call: few commands read it. */
  readonly stdin: () => Readable
  /** For sessions only, whose bytes flow both ways; everything else goes through `write`. */
  readonly stdout: Writable
  readonly stderr: Writable
  /** To stdout, complete when it returns. @throws PipeClosed, internal.output */
  write(bytes: Uint8Array | string): void
  /** To stderr: the conversation. */
  tell(text: string): void
  setExitCode(code: number): void
  /** In the user's browser. */
  openUrl(url: string): Promise<void>
  openProvider(choice: ProviderChoice): Promise<Provider>
  /** The account that `openProvider` would use. */
  findAccount(choice: ProviderChoice): Promise<Account>
  openAccounts(notify: (text: string) => void): Promise<Accounts>
  openLocalPlatform(): Promise<LocalPlatform>
}

export interface RuntimeOptions {
  /** `--debug`; ALOFT_DEBUG says the same. */
  readonly isDebugging?: boolean
  /** `--quiet` */
  readonly isQuiet?: boolean
}

/** The real one. Providers are loaded when they are first used. */
export function createRuntime({ isDebugging = false, isQuiet = false }: RuntimeOptions = {}): Runtime {
  const { env: environment, stderr, stdout } = process
  // first: they put what the user has set into the environment
  const settings = applySettings(environment)
  const terminal = readTerminal(
    { stderr, stdin: { isTTY: isatty(0) }, stdout },
    { argv: process.argv.slice(2), environment },
  )
  const traces = isDebugging || isTrue(environment['ALOFT_DEBUG'])
  const conversation = { ...(traces ? { debug: sayLine } : {}), ...(isQuiet ? {} : { tell: sayLine }) }
  return {
    ask: terminal.animates ? createAsk(terminal.stderrColours) : createPlainAsk(process),
    clock: systemClock,
    directory: process.cwd(),
    environment,
    isDebugging: traces,
    findAccount: async choice => (await import('../providers/registry.ts')).findAccount({ ...choice, environment }),
    openAccounts: async notify => (await import('../providers/accounts.ts')).openAccounts(environment, notify),
    openLocalPlatform: async () =>
      (await import('../providers/registry.ts')).openLocalPlatform({ ...conversation, environment }),
    openProvider: async choice => {
      const { openProvider } = await import('../providers/registry.ts')
      return rememberNames(await openProvider({ ...conversation, ...choice, environment }), choice, environment)
    },
    openUrl: async url => {
      const { default: open } = await import('open')
      await open(url)
    },
    settings,
    setExitCode: code => {
      process.exitCode = code
    },
    stderr,
    stdin: () => process.stdin,
    stdout,
    tell: text => void stderr.write(text),
    terminal,
    write: bytes => writeBytes(1, typeof bytes === 'string' ? Buffer.from(bytes) : bytes),
  }
}

/** As oclif reads the variables of boolean flags. */
function isTrue(value: string | undefined): boolean {
  return /^(?:1|t|true|y|yes)$/i.test(value ?? '')
}

function sayLine(line: string): void {
  process.stderr.write(`${safeText(line)}\n`)
}
