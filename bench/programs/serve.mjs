import { createApp } from '../../dist/lib/platform/server/app.js'
import { listenOnSocket } from '../../dist/lib/platform/server/listen.js'

const authenticate = () => ({ user: 'bench' })

/** The platform's own HTTP server on a Unix socket, with only what is mounted. */
export async function serve(socketPath, { mount, streams = [] }) {
  const app = createApp({ authenticate, handlers: {}, mount, onError: console.error, version: 'bench' })
  await listenOnSocket(socketPath, { app, authenticate, streams })
}
