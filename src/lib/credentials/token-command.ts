import { AppError } from '../core/errors.ts'

const DEADLINE_MS = 30_000

export interface TokenCommandOptions {
  /** Whose it is: for messages, which never show the command itself. */
  readonly account: string
  readonly signal?: AbortSignal | undefined
  /** 30 s unless said. */
  readonly deadlineMs?: number | undefined
}

/**
 * Runs a user's command with the system's shell (`sh -c`, on Windows `cmd /d /s /c`) and takes the first line of its stdout
 * as the token. It may ask on the terminal; its stderr is the user's, its stdout is shown nowhere.
 * @throws auth.token-command when it fails, prints nothing or takes too long; the signal's reason
 */
export async function runTokenCommand(command: string, options: TokenCommandOptions): Promise<string> {
  const { account, deadlineMs = DEADLINE_MS, signal } = options
  const { execa } = await import('execa')
  const { exitCode, failed, stdout, timedOut } = await execa(command, {
    // execa's errors quote what was printed
    reject: false,
    ...(signal ? { cancelSignal: signal } : {}),
    forceKillAfterDelay: 500,
    killDescendants: true,
    shell: true,
    stdio: ['inherit', 'pipe', 'inherit'],
    timeout: deadlineMs,
  })
  signal?.throwIfAborted()
  if (timedOut) throw refused(account, `did not end within ${deadlineMs / 1000} s`)
  if (failed) throw refused(account, exitCode === undefined ? 'could not be run' : `ended with exit code ${exitCode}`)
  const [token = ''] = stdout.split(/\r?\n/)
  if (token.trim() !== '') return token.trim()
  throw refused(account, 'printed no token')
}

function refused(account: string, what: string): AppError {
  return new AppError('auth.token-command', `the token command of the account ${account} ${what}`, {
    suggestions: ['run the command by hand: it has to print the token as its first line', 'log in again: aloft login'],
  })
}
