import { Flags } from '@oclif/core'
import type { ErrorKind } from '../core/error-kinds.ts'
import { isAppError } from '../core/errors.ts'
import type { OpenSession, Session } from '../providers/port.ts'
import { BaseCommand } from './base-command.ts'
import { EXIT_SESSION } from './exit-codes.ts'
import { serviceFlag, targetFlags } from './flags.ts'
import { requireOption, requirePart } from './require-part.ts'
import type { SessionResult } from './results/session.ts'

export const sessionFlags = {
  ...targetFlags,
  ...serviceFlag,
  instance: Flags.string({ description: 'instance, e.g. web.1 (default: any)', helpValue: 'ID' }),
}

export interface SessionRequest {
  readonly flags: {
    readonly project?: string | undefined
    readonly environment?: string | undefined
    readonly provider?: string | undefined
    readonly account?: string | undefined
    readonly instance?: string | undefined
  }
  readonly service?: string | undefined
  /** Of a managed service, instead of a command: its client, to which `command` is added. */
  readonly program?: 'client' | undefined
  /** Absent: a login shell. */
  readonly command?: readonly string[] | undefined
}

/** `shell` and `exec`: the exit code is the remote's own; whatever goes wrong on our side is 255. */
export abstract class SessionCommand extends BaseCommand {
  static override endsWith: readonly ErrorKind[] = ['interrupted', 'session']
  static override endsWithRemote = true

  protected override readonly showsLife = false

  protected async runRemote(request: SessionRequest): Promise<SessionResult | undefined> {
    const { terminal } = this.runtime
    const tty = terminal.stdinIsTerminal && terminal.stdoutIsTerminal && !this.jsonEnabled()
    const session = await this.#open(request, tty)
    try {
      const { captureSession, runSession } = await import('./run-session.ts')
      if (!this.jsonEnabled()) {
        const forward = this.forwardSignals.bind(this)
        const streams = { ...this.runtime, stdin: this.runtime.stdin() }
        this.runtime.setExitCode(await runSession(session, { ...streams, forward, signal: this.signal, tty }))
        return undefined
      }
      const result = await captureSession(session, this.runtime.stdin(), this.signal)
      this.runtime.setExitCode(result.exitCode)
      return result
    } finally {
      this.forwardSignals(undefined)
      session.close()
    }
  }

  async #open({ command, flags, program, service }: SessionRequest, tty: boolean): Promise<Session> {
    const { environment, terminal } = this.runtime
    const provider = await this.openProvider(flags)
    const sessions = requirePart(provider, 'sessions')
    requireOption(program === undefined || sessions.support.programs, provider, 'clients of databases')
    const isShell = command === undefined
    requireOption(isShell ? sessions.support.shell : sessions.support.exec, provider, isShell ? 'a shell' : 'exec')
    const { instance } = flags
    const open: OpenSession = {
      environment: await this.target(flags, provider),
      tty: tty && sessions.support.tty,
      ...(command === undefined ? {} : { command }),
      ...(instance === undefined ? {} : { instance }),
      ...(program === undefined ? {} : { program }),
      ...(service === undefined ? {} : { service }),
      ...(tty ? { columns: terminal.columns, rows: terminal.rows, term: environment['TERM'] ?? 'xterm' } : {}),
    }
    return sessions.open(open, this.call)
  }

  protected override exitCodeFor(error: unknown): number | undefined {
    return isAppError(error) && error.code === 'interrupted.signal' ? undefined : EXIT_SESSION
  }
}
