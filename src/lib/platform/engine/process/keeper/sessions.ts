import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import * as z from 'zod/mini'
import { AppError } from '../../../../core/errors.ts'
import { createId } from '../../../../core/ids.ts'
import { encodeStatus } from '../../../../protocol/session-frames.ts'
import { SESSION_PROTOCOL } from '../../../../protocol/streams.ts'
import { execCommand, shellCommand } from '../isolation/command-line.ts'
import { PipeProcess } from './session-pipes.ts'
import { TtyProcess } from './session-tty.ts'
import { runSession, type SessionProcess } from './session.ts'
import type { KeeperLog } from './log.ts'
import type { KeeperState } from './state.ts'
import type { Supervisor } from './supervisor.ts'

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024

const size = z.coerce.number().check(z.int(), z.minimum(1), z.maximum(65_535))
const querySchema = z.object({
  columns: z.optional(size),
  /** JSON array of strings. */
  command: z.optional(z.string()),
  instance: z.string(),
  release: z.string(),
  rows: z.optional(size),
  term: z.optional(z.string()),
  tty: z.enum(['true', 'false']),
  /** JSON object of strings. */
  variables: z.optional(z.string()),
})
const variablesSchema = z.record(z.string(), z.string())
const commandSchema = z.array(z.string()).check(z.minLength(1))

export interface SessionsDeps {
  readonly supervisor: Supervisor
  readonly state: KeeperState
  readonly log: KeeperLog
  readonly isSandboxed: boolean
  /** The environment's own user, where there is one. */
  readonly uid: number | undefined
}

/** Processes beside an instance, each at one end of a WebSocket. */
export class Sessions {
  readonly #deps: SessionsDeps
  readonly #active = new Set<SessionProcess>()
  readonly #server = new WebSocketServer({
    handleProtocols: () => SESSION_PROTOCOL,
    maxPayload: MAX_MESSAGE_BYTES,
    noServer: true,
    perMessageDeflate: false,
    skipUTF8Validation: true,
  })

  constructor(deps: SessionsDeps) {
    this.#deps = deps
  }

  get active(): number {
    return this.#active.size
  }

  /** @throws not-found.instance, usage.request before the upgrade */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://keeper')
    const parsed = querySchema.safeParse(Object.fromEntries(url.searchParams))
    if (!parsed.success) throw new AppError('usage.request', z.prettifyError(parsed.error))
    const open = this.#prepare(parsed.data)
    this.#server.handleUpgrade(request, socket, head, client => {
      this.#run(client, open).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        client.send(encodeStatus({ kind: 'failed', message }))
        client.close(1011)
      })
    })
  }

  async close(): Promise<void> {
    await Promise.all([...this.#active].map(process => process.end()))
  }

  #prepare(query: z.infer<typeof querySchema>): () => SessionProcess {
    const { isSandboxed, log, state, supervisor, uid } = this.#deps
    const { columns = 80, release, rows = 24, term = 'xterm-256color' } = query
    const instance = supervisor.find(release, query.instance)
    const { surroundings } = instance
    if (!surroundings) {
      throw new AppError('not-found.instance', `instance ${query.instance} does not run now`, {
        suggestions: ['aloft services'],
      })
    }
    const command = query.command === undefined ? undefined : commandSchema.parse(JSON.parse(query.command))
    const variables = query.variables === undefined ? {} : variablesSchema.parse(JSON.parse(query.variables))
    const isTty = query.tty === 'true'
    return () => {
      const id = createId('ses')
      const program = surroundings.program(command ? execCommand(command) : shellCommand(), {
        isTty,
        variables: { ...variables, ALOFT_SESSION: id, ...(isTty ? { TERM: term } : {}) },
      })
      const { service } = instance.slot
      log.notice(
        { instance: instance.id, service, source: 'app' },
        `session ${id}: ${command ? 'a command' : 'a shell'}${isTty ? ' on a terminal' : ''}`,
      )
      const options = { id, isSandboxed, program, state }
      return isTty ? new TtyProcess({ ...options, columns, rows, term, uid }) : new PipeProcess(options)
    }
  }

  async #run(client: WebSocket, open: () => SessionProcess): Promise<void> {
    const process = open()
    this.#active.add(process)
    try {
      await runSession(client, process)
    } finally {
      this.#active.delete(process)
    }
  }
}
