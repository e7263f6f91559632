import { AppError } from '../../core/errors.ts'
import type { Credential } from '../../providers/accounts-port.ts'
import type { Runtime } from '../runtime.ts'

/** How the flags of `login` say that the credential comes. */
export interface LoginFlags {
  readonly 'token-stdin': boolean
  readonly 'token-command'?: string | undefined
}

export interface LoginContext {
  /** What the account will be called. */
  readonly account: string
  readonly runtime: Runtime
  readonly signal: AbortSignal
}

export interface Obtained {
  /** What is kept. */
  readonly credential: Credential
  /** What the provider is asked with now. */
  readonly token: string
}

/**
 * A credential from where the flags say. Without flags a person is asked for a token.
 * @throws usage.input-required without a terminal; auth.token-command
 */
export async function obtainCredential(flags: LoginFlags, context: LoginContext): Promise<Obtained> {
  const { account, runtime, signal } = context
  const command = flags['token-command']
  if (command !== undefined) {
    const { runTokenCommand } = await import('../../credentials/token-command.ts')
    return { credential: { command }, token: await runTokenCommand(command, { account, signal }) }
  }
  const token = flags['token-stdin'] ? await readToken(runtime) : await askToken(context)
  if (token !== '') return { credential: { token }, token }
  throw new AppError('usage.input-required', 'the token is empty', { suggestions: ['pass it with --token-stdin'] })
}

async function readToken({ stdin }: Runtime): Promise<string> {
  const { readStdin } = await import('../assignments.ts')
  return (await readStdin(stdin)).trim()
}

async function askToken({ runtime, signal }: LoginContext): Promise<string> {
  if (runtime.terminal.interactive) return (await runtime.ask.secret('Token:', signal)).trim()
  throw new AppError('usage.input-required', 'a token is needed: pass --token-stdin or --token-command', {
    details: { flags: ['token-stdin', 'token-command'] },
    suggestions: [
      'aloft login --url URL --token-stdin < token.txt',
      "aloft login --url URL --token-command 'pass show x'",
    ],
  })
}
