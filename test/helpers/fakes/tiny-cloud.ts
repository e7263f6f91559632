import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

export const TINY_PACKAGE = fileURLToPath(new URL('../../fixtures/provider-package', import.meta.url))
export const TINY_TOKEN = 'tiny-token'

export interface TinyCloud {
  readonly url: string
  close(): Promise<void>
}

const environment = { id: 'e1', name: 'main', project: 'notes', status: 'active', type: 'production', urls: [] }

/** The remote system that test/fixtures/provider-package speaks to. */
const ANSWERS: Readonly<Record<string, unknown>> = {
  '/me': { user: 'ada' },
  '/projects': [{ id: 'p1', name: 'notes', title: 'Notes' }],
  '/projects/notes/environments': [environment],
}

/** Answers only who sends its token. */
export async function startTinyCloud(): Promise<TinyCloud> {
  const server = createServer(({ headers, url = '' }, response) => {
    const isKnown = headers.authorization === `Bearer ${TINY_TOKEN}`
    const answer = isKnown ? ANSWERS[url] : undefined
    response.statusCode = isKnown ? (answer === undefined ? 404 : 200) : 401
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer ?? {}))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- listening on TCP
  const { port } = server.address() as AddressInfo
  return {
    close: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
    url: `http://127.0.0.1:${port}`,
  }
}
