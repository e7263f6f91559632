import { createServer, type IncomingMessage, type Server } from 'node:http'
import { join } from 'node:path'
import type { ErrorDocument } from '../../../src/lib/core/errors.ts'
import { toErrorDocument } from '../../../src/lib/core/errors.ts'
import type { SourceStore } from '../../../src/lib/platform/source/source-store.ts'
import type { SourceTransport } from '../../../src/lib/source/send-tree.ts'
import { requestJson } from '../../../src/lib/transport/http.ts'
import { createNetwork } from '../../../src/lib/transport/network.ts'

/** The three calls of source intake on a Unix socket. */
export async function serveSources(store: SourceStore, directory: string): Promise<{ socket: string; server: Server }> {
  const server = createServer((request, response) => {
    answer(store, request).then(
      result => response.end(JSON.stringify(result)),
      (error: unknown) => {
        const document: ErrorDocument = toErrorDocument(error)
        response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: document }))
      },
    )
  })
  const socket = join(directory, 's.sock')
  await new Promise<void>(resolve => void server.listen(socket, resolve))
  return { server, socket }
}

async function answer(store: SourceStore, request: IncomingMessage): Promise<unknown> {
  const digest = /\/trees\/(\w+)$/.exec(request.url ?? '')?.[1]
  if (digest === undefined) return { received: await store.receiveBlobs(request) }
  if (request.method === 'PUT') return store.putTree(digest, request)
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return store.ask(digest, (JSON.parse(text) as { base?: string }).base) // oxlint-disable-line typescript/no-unsafe-type-assertion -- our own client
}

export interface Sent {
  readonly calls: string[]
  bytes: number
}

/** A transport over that socket that counts what it sends. */
export function countingTransport(socketPath: string): { transport: SourceTransport; sent: Sent } {
  const sent: Sent = { bytes: 0, calls: [] }
  const network = createNetwork({ environment: {} })
  const count = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      sent.bytes += chunk.length
      yield chunk
    }
  }
  const transport: SourceTransport = {
    request: (method, path, body) => {
      sent.calls.push(`${method} ${path.split('/')[4]}`)
      if (body instanceof Uint8Array) sent.bytes += body.length
      return requestJson(
        { network, socketPath, url: 'http://localhost' },
        {
          body: body === undefined || body instanceof Uint8Array ? body : count(body),
          method,
          path,
          signal: new AbortController().signal,
        },
      )
    },
  }
  return { sent, transport }
}
