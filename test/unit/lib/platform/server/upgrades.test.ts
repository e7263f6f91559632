import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAuthenticator } from '../../../../../src/lib/platform/server/authentication.ts'
import { createUpgradeHandler } from '../../../../../src/lib/platform/server/upgrades.ts'

const server = createServer()
const authenticate = createAuthenticator('owner', value =>
  value === 'good' ? { name: 'token', scope: 'read' } : undefined,
)
server.on('upgrade', createUpgradeHandler({ audit: () => {}, authenticate, entrance: 'tcp', routes: [] }))

beforeEach(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterEach(() => new Promise<unknown>(resolve => server.close(resolve)))

it('refuses a target that is no path instead of ending the process', async () => {
  expect(await upgrade('//', { authorization: 'Bearer good' })).toBe(400)
})

it('asks for a token before it looks at the target', async () => {
  expect(await upgrade('//')).toBe(401)
})

it('refuses pages without an origin of their own', async () => {
  expect(await upgrade('/', { authorization: 'Bearer good', origin: 'null' })).toBe(403)
})

function upgrade(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- listening on TCP
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const options = {
      headers: { ...headers, connection: 'Upgrade', upgrade: 'websocket' },
      host: '127.0.0.1',
      path,
      port,
    }
    httpRequest(options, response => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}
