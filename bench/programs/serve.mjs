import { createApp } from '../../dist/lib/platform/server/app.js'
import { listenOnSocket } from '../../dist/lib/platform/server/listen.js'

/** The platform's own HTTP server on a Unix socket, with only what is mounted. */
export async function serve(socketPath, { mount, streams = [] }) {
  const authenticate = () => ({ user: 'bench' })
  const onError = error => console.error(error)
  const app = createApp({ authenticate, handlers: {}, mount, onError, version: 'bench' })
  await listenOnSocket(socketPath, { app, authenticate, streams })
}
