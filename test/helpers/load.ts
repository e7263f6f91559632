import { Agent, request } from 'node:http'

const TIMEOUT_MS = 10_000

export interface LoadReport {
  readonly sent: number
  readonly failed: readonly string[]
  /** Bodies that came, with how often. */
  readonly answers: ReadonlyMap<string, number>
}

/** Sends GET requests at a steady rate until `stop`; a request fails when it is not answered with 200 in time (10 s). */
export function startLoad(
  url: string,
  requestsPerSecond: number,
  { timeoutMs = TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
): { stop(): Promise<LoadReport> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 })
  const pending = new Set<Promise<void>>()
  const failed: string[] = []
  const answers = new Map<string, number>()
  let sent = 0
  const answered = async (): Promise<void> => {
    try {
      const { body, status } = await get(url, { agent, timeoutMs })
      if (status === 200) answers.set(body, (answers.get(body) ?? 0) + 1)
      else failed.push(`${status} ${body.slice(0, 200)}`)
    } catch (error) {
      failed.push(String(error))
    }
  }
  const startedAt = performance.now()
  const sendDue = (): void => {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * requestsPerSecond)
    for (; sent < due; sent++) {
      const done = answered().finally(() => void pending.delete(done))
      pending.add(done)
    }
  }
  const timer = setInterval(sendDue, 5)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
      return { answers, failed, sent }
    },
  }
}

/** One GET, whatever the resolver knows of `*.localhost`: the connection goes to 127.0.0.1. */
export function get(
  url: string,
  { agent, timeoutMs = TIMEOUT_MS }: { readonly agent?: Agent; readonly timeoutMs?: number } = {},
): Promise<{ status: number; body: string; headers: Record<string, unknown> }> {
  const { host, pathname, port, search } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { agent, headers: { host }, host: '127.0.0.1', path: pathname + search, port, timeout: timeoutMs },
      response => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('end', () => resolve({ body, headers: response.headers, status: response.statusCode ?? 0 }))
        response.on('error', reject)
      },
    )
    outgoing.on('timeout', () => outgoing.destroy(new Error(`not answered within ${timeoutMs} ms`)))
    outgoing.on('error', reject)
    outgoing.end()
  })
}
