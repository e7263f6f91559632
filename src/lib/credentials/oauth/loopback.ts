import { createServer, type Server } from 'node:http'
import { AppError } from '../../core/errors.ts'

const PATH = '/callback'

/** Where the browser brings the server's answer (RFC 8252, 7.3). */
export interface Loopback {
  readonly redirectUri: string
  /** The answer that carries this state; another is turned away and waited on for the right one. Rejects with the signal's reason. */
  answer(state: string, signal: AbortSignal): Promise<URL>
  close(): void
}

/** Listens on 127.0.0.1, on a free port unless one is asked for. @throws conflict.port-taken */
export async function openLoopback(port = 0): Promise<Loopback> {
  const server = createServer()
  await listen(server, port)
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`
  return {
    answer: (state, signal) => waitForAnswer(server, { origin, signal, state }),
    close() {
      server.close()
      server.closeAllConnections()
    },
    redirectUri: `${origin}${PATH}`,
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') return reject(cause)
      const suggestions = ['leave out --callback-port: a free port is taken then', 'or log in with --device']
      reject(new AppError('conflict.port-taken', `port ${port} of 127.0.0.1 cannot be used`, { cause, suggestions }))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
}

interface Awaited {
  readonly origin: string
  readonly state: string
  readonly signal: AbortSignal
}

function waitForAnswer(server: Server, { origin, signal, state }: Awaited): Promise<URL> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', origin)
      const isAnswer = request.method === 'GET' && url.pathname === PATH && url.searchParams.get('state') === state
      response.writeHead(isAnswer ? 200 : 400, { connection: 'close', 'content-type': 'text/html; charset=utf-8' })
      response.end(page(isAnswer ? 'Go on in your terminal' : 'This is not the answer that aloft waits for'), () => {
        if (!isAnswer) return
        signal.removeEventListener('abort', onAbort)
        resolve(url)
      })
    })
  })
}

function page(text: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>aloft</title><p>${text}. This window can be closed.</p></html>\n`
}
