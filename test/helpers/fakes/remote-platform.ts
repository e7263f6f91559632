import { createServer, type IncomingMessage } from 'node:http'

/** A platform somewhere else, as far as accounts see of it: who a token belongs to, and the end of its validity. */
export interface RemotePlatform {
  readonly url: string
  /** Makes a token valid. */
  allow(token: string, identity: RemoteIdentity): void
  isValid(token: string): boolean
  /** From now on it takes back no token. */
  refuseToRevoke(): void
  close(): Promise<void>
}

export interface RemoteIdentity {
  readonly user: string
  readonly expiresAt?: string
}

export async function startRemotePlatform(): Promise<RemotePlatform> {
  const valid = new Map<string, RemoteIdentity>()
  let revokes = true
  const answer = ({ headers, method, url }: IncomingMessage): readonly [status: number, body: object] => {
    const token = headers.authorization?.replace(/^Bearer /, '') ?? ''
    const identity = valid.get(token)
    if (!identity) return [401, failure('auth.invalid', 'the token is not valid or has expired')]
    if (method === 'GET' && url === '/v1/identity') return [200, identity]
    if (method !== 'POST' || url !== '/v1/identity/revoke') return [404, failure('not-found.endpoint', `no ${url}`)]
    if (!revokes) return [503, failure('unavailable.busy', 'not now')]
    valid.delete(token)
    return [200, {}]
  }
  const server = createServer((request, response) => {
    const [status, body] = answer(request)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    allow: (token, identity) => void valid.set(token, identity),
    close: () => new Promise(resolve => server.close(() => resolve())),
    isValid: token => valid.has(token),
    refuseToRevoke: () => void (revokes = false),
    url: `http://127.0.0.1:${port}`,
  }
}

function failure(code: string, message: string): object {
  return { error: { code, message, suggestions: [] } }
}
