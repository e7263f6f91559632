import { createApp } from '../../src/lib/platform/server/app.ts'
import { listenOnSocket } from '../../src/lib/platform/server/listen.ts'

const authenticate = () => ({ user: 'bench' })

/** The platform's own HTTP server on a Unix socket, with only what is mounted. */
export async function serve(socketPath, { mount, streams = [] }) {
  const app = createApp({ authenticate, handlers: {}, mount, onError: console.error, version: 'bench' })
  await listenOnSocket(socketPath, { app, authenticate, streams })
}
