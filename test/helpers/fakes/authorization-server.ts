import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Configuration, Provider } from 'oidc-provider'

/** A real authorization server, and behind the same address a platform that takes its access tokens. */
export interface AuthorizationServer {
  readonly url: string
  /** How many refresh tokens were used. */
  refreshes(): number
  /** How many logins were ended by those who logged in. */
  revocations(): number
  /** Lifetime of the access tokens to come, seconds. */
  setTokenLifetime(seconds: number): void
  /** The next poll of a device is told to slow down. */
  slowDown(): void
  /** Ends every login there is. */
  endLogins(): Promise<void>
  close(): Promise<void>
}

export interface AuthorizationServerOptions {
  /** Of a device code, seconds. */
  readonly deviceCodeSeconds?: number
}

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

export async function startAuthorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

  const state = { refreshes: 0, revocations: 0, seconds: 3600, slowsDown: false }
  const grants = new Set<string>()
  const provider = new Provider(
    url,
    configurationOf(options, () => state.seconds),
  )
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params?.['grant_type'] === 'refresh_token') state.refreshes++
    if (oidc.entities.Grant?.jti !== undefined) grants.add(oidc.entities.Grant.jti)
  })
  provider.on('grant.revoked', () => void state.revocations++)
  provider.use(async (context, next) => {
    if (state.slowsDown && context.path === '/token') {
      state.slowsDown = false
      context.status = 400
      context.body = { error: 'slow_down' }
      return
    }
    await next()
    // the server names no interval, and the default of five seconds is long for a test
    if (context.path === '/device/auth') Object.assign(Object(context.body), { interval: 1 })
  })
  const oauth = provider.callback()
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url !== '/v1/identity') return oauth(request, response)
    const token = await provider.AccessToken.find(request.headers.authorization?.replace(/^Bearer /, '') ?? '')
    const body = token
      ? { user: token.accountId }
      : { error: { code: 'auth.invalid', message: 'the token is not valid', suggestions: [] } }
    response.writeHead(token ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  server.on('request', (request, response) => void answer(request, response))
  return {
    async close() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
    async endLogins() {
      await Promise.all([...grants].map(id => provider.Grant.adapter.destroy(id)))
    },
    refreshes: () => state.refreshes,
    revocations: () => state.revocations,
    setTokenLifetime: seconds => void (state.seconds = seconds),
    slowDown: () => void (state.slowsDown = true),
    url,
  }
}

function configurationOf({ deviceCodeSeconds = 60 }: AuthorizationServerOptions, seconds: () => number): Configuration {
  return {
    clients: [
      {
        application_type: 'native',
        client_id: 'aloft',
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        // of a loopback address any port is taken (RFC 8252, 7.3)
        redirect_uris: ['http://127.0.0.1/callback'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
    ],
    cookies: { keys: ['only for tests'] },
    features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true }, revocation: { enabled: true } },
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', kid: 'test', use: 'sig' }] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: seconds,
      DeviceCode: deviceCodeSeconds,
      Grant: 3600,
      IdToken: 3600,
      Interaction: 600,
      Session: 3600,
    },
  }
}
