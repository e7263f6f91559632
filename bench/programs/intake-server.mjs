// The platform's source intake on a Unix socket, and nothing else of it. Asked `empty` it forgets everything, asked
// `received` it answers with the bytes that came in over its sockets since it was last asked, HTTP headers included.
import { subscribe } from 'node:diagnostics_channel'
import { rmSync } from 'node:fs'
import { createApp } from '../../src/lib/platform/server/app.ts'
import { listenOnSocket } from '../../src/lib/platform/server/listen.ts'
import { mountSources } from '../../src/lib/platform/server/sources.ts'
import { createSourceStore } from '../../src/lib/platform/source/source-store.ts'

const [directory, socketPath] = process.argv.slice(2)
let store = createSourceStore({ directory })
let sockets = []

subscribe('net.server.socket', ({ socket }) => sockets.push(socket))

const answers = {
  empty: () => {
    rmSync(directory, { force: true, recursive: true })
    store = createSourceStore({ directory })
    return 0
  },
  received: () => {
    const bytes = sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
    sockets = []
    return bytes
  },
}

const audit = () => {}
const authenticate = () => ({ access: 'owner', user: 'bench' })
const mount = app =>
  mountSources(app, {
    ask: (...question) => store.ask(...question),
    putTree: (...tree) => store.putTree(...tree),
    receiveBlobs: stream => store.receiveBlobs(stream),
  })
const app = createApp({ audit, authenticate, handlers: {}, mount, onError: console.error, version: 'bench' })
await listenOnSocket(socketPath, { app, audit, authenticate, streams: [] })
process.on('message', question => process.send(answers[question]()))
process.send(0)
