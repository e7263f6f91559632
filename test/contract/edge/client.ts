import { Agent, request, type IncomingHttpHeaders, type RequestOptions } from 'node:http'
import { request as requestTls } from 'node:https'
import { HOST } from './fixture.ts'

export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: IncomingHttpHeaders
}

export interface AskOptions {
  readonly host?: string
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly agent?: Agent
  /** HTTPS, verified with this CA. */
  readonly ca?: string
  readonly signal?: AbortSignal
}

/** One request to a port of 127.0.0.1 in the name of a host. */
export function ask(port: number, options: AskOptions = {}): Promise<Answer> {
  const { body, ca, headers, host = HOST, method = 'GET', path = '/', ...rest } = options
  const wanted: RequestOptions = { headers: { Host: host, ...headers }, host: '127.0.0.1', method, path, port, ...rest }
  return new Promise((resolve, reject) => {
    const outgoing = ca ? requestTls({ ...wanted, ca, servername: host }) : request(wanted)
    outgoing.setTimeout(20_000, () => outgoing.destroy(new Error('no answer within 20 s')))
    outgoing.once('error', reject)
    outgoing.once('response', response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.once('error', reject)
      response.once('end', () => resolve({ body: text, headers: response.headers, status: response.statusCode ?? 0 }))
    })
    outgoing.end(body)
  })
}

/** Requests at a steady rate until stopped; what was not answered with 200 is in `failed`. */
export function steadyLoad(port: number, perSecond: number, options: AskOptions = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const pending = new Set<Promise<void>>()
  const failed: string[] = []
  let sent = 0
  const startedAt = performance.now()
  const send = (): void => {
    sent++
    const one = ask(port, { agent, ...options })
      .then(({ body, status }) => void (status === 200 || failed.push(`${status} ${body}`)))
      .catch((error: unknown) => void failed.push(String(error)))
      .finally(() => pending.delete(one))
    pending.add(one)
  }
  const timer = setInterval(() => {
    while (sent < ((performance.now() - startedAt) / 1000) * perSecond) send()
  }, 5)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
      return { failed, sent }
    },
  }
}
