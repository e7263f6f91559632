import { AppError } from '../../core/errors.ts'
import type { OAuthOptions } from '../../credentials/oauth/client.ts'
import type { TokenCredential } from '../../credentials/credential.ts'
import type { Account, Credential } from '../../providers/accounts-port.ts'
import type { Runtime } from '../runtime.ts'

/** How the flags of `login` say that the credential comes. */
export interface LoginFlags {
  readonly browser?: boolean | undefined
  readonly 'callback-port'?: number | undefined
  readonly 'client-id': string
  readonly device: boolean
  readonly 'token-command'?: string | undefined
  readonly 'token-stdin': boolean
}

export interface LoginContext {
  /** As it will be. */
  readonly account: Account
  readonly runtime: Runtime
  /** Of the command. */
  readonly signal: AbortSignal
  /** How long a person has for the browser. */
  readonly deadlineMs: number
}

export interface Obtained {
  /** What is kept. */
  readonly credential: Credential
  /** What the provider is asked with now. */
  readonly token: string
}

/**
 * A credential from where the flags say. Without flags a person is sent to the browser, or asked for a token where the
 * address offers no such login.
 * @throws usage.input-required without a terminal; auth.*, unsupported.login, conflict.port-taken, unavailable.*
 */
export async function obtainCredential(flags: LoginFlags, context: LoginContext): Promise<Obtained> {
  const { account, runtime, signal } = context
  const command = flags['token-command']
  if (command !== undefined) {
    const { runTokenCommand } = await import('../../credentials/token-command.ts')
    return { credential: { command }, token: await runTokenCommand(command, { account: account.name, signal }) }
  }
  if (flags['token-stdin']) return toObtained({ token: await readToken(runtime) })
  if (!flags.device && flags.browser !== false && !runtime.terminal.interactive) throw nobodyThere()
  return toObtained(await loginAtServer(flags, context))
}

function toObtained(credential: TokenCredential): Obtained {
  if (credential.token !== '') return { credential, token: credential.token }
  throw new AppError('usage.input-required', 'the token is empty', { suggestions: ['pass it with --token-stdin'] })
}

async function loginAtServer(flags: LoginFlags, context: LoginContext): Promise<TokenCredential> {
  const { account, deadlineMs, runtime } = context
  const deadline = AbortSignal.timeout(deadlineMs)
  const signal = AbortSignal.any([context.signal, deadline])
  const options = { clientId: flags['client-id'], environment: runtime.environment, issuer: account.address, signal }
  try {
    return await chooseLogin(flags, { ...context, options })
  } catch (error) {
    context.signal.throwIfAborted()
    if (!deadline.aborted) throw error
    throw new AppError('auth.login-timeout', `nobody finished the login within ${Math.round(deadlineMs / 1000)} s`, {
      suggestions: ['log in again', 'give more time with --timeout'],
    })
  }
}

async function chooseLogin(
  flags: LoginFlags,
  { options, runtime, signal }: LoginContext & { readonly options: OAuthOptions },
): Promise<TokenCredential> {
  const { discover, requireServer } = await import('../../credentials/oauth/client.ts')
  const isChosen = flags.device || flags.browser !== undefined
  const configuration = isChosen ? await requireServer(options) : await discover(options)
  if (!configuration) return { token: (await runtime.ask.secret('Token:', signal)).trim() }
  if (flags.device) {
    const { loginWithDevice } = await import('../../credentials/oauth/device-login.ts')
    const show = ({ code, url }: { code: string; url: string }): void =>
      runtime.tell(`Open ${url} on any device and enter the code ${code}\n`)
    return loginWithDevice({ ...options, configuration, show })
  }
  const { loginWithBrowser } = await import('../../credentials/oauth/browser-login.ts')
  const show = async (url: string): Promise<void> => {
    runtime.tell(`Log in at ${url}\n`)
    // where none opens, the address stands on the terminal
    if (flags.browser !== false) await runtime.openUrl(url).catch(() => undefined)
  }
  return loginWithBrowser({ ...options, configuration, port: flags['callback-port'], show })
}

async function readToken({ stdin }: Runtime): Promise<string> {
  const { readStdin } = await import('../assignments.ts')
  return (await readStdin(stdin())).trim()
}

function nobodyThere(): AppError {
  return new AppError(
    'usage.input-required',
    'there is no terminal to log in at: pass --token-stdin, --token-command, --device or --no-browser',
    {
      details: { flags: ['token-stdin', 'token-command', 'device', 'no-browser'] },
      suggestions: ['aloft login --url URL --token-stdin < token.txt', 'or set ALOFT_TOKEN and ALOFT_ADDRESS'],
    },
  )
}
