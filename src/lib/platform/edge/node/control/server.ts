import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod/mini'
import { toErrorDocument } from '../../../../core/errors.ts'
import { parseEdgeConfig } from '../config-schema.ts'
import type { EdgeServer } from '../edge-server.ts'
import { drainSchema, type Hello } from './protocol.ts'

export interface ControlOptions {
  readonly edge: EdgeServer
  readonly hello: Hello
  readonly socket: string
  /** Called after the answer was sent. */
  readonly onStop: () => void
}

type Call = (body: unknown) => unknown

/** Answers the platform. The caller made sure that no other edge lives, so a socket that is there is stale. */
export async function startControlServer(options: ControlOptions): Promise<{ close(): void }> {
  const { edge, hello, onStop, socket } = options
  const calls: Readonly<Record<string, Call>> = {
    'GET /authority': () => ({ pem: edge.certificateAuthority() }),
    'GET /hello': () => hello,
    'GET /status': () => edge.status(),
    'POST /apply': body => edge.apply(parseEdgeConfig(body)),
    'POST /drain': async body => {
      const { addresses, timeoutMs } = z.parse(drainSchema, body)
      await edge.drain(addresses, timeoutMs)
      return {}
    },
    'POST /stop': () => {
      setImmediate(onStop)
      return {}
    },
  }
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    // Stays open as long as this process lives: its end tells the other side of our death.
    if (request.url === '/watch') response.writeHead(200).flushHeaders()
    else void answer(calls[`${request.method} ${request.url}`], request, response)
  })
  await rm(socket, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socket, resolve)
  })
  await chmod(socket, 0o600)
  return {
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function answer(call: Call | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => undefined)
  try {
    const body = await text(request)
    if (!call) return reply(response, 404, { code: 'internal', message: 'no such call', suggestions: [] })
    reply(response, 200, await call(body === '' ? undefined : JSON.parse(body)))
  } catch (error) {
    reply(response, 500, toErrorDocument(error))
  }
}

function reply(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}
