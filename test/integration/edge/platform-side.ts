import { systemClock } from '../../../src/lib/core/clock.ts'
import { createNodeEdge } from '../../../src/lib/platform/edge/node/node-edge.ts'
import { createLayout } from '../../../src/lib/platform/layout.ts'
import { resolveHome } from '../../../src/lib/protocol/home.ts'

/* A platform that has an edge and can be killed: gives it the configuration that it gets and says its status. */

const silent = { error: () => undefined, info: () => undefined, warn: () => undefined }
const layout = createLayout(resolveHome({ ALOFT_HOME: process.argv[2] }))
const edge = createNodeEdge({ clock: systemClock, layout, log: silent, version: 'test' })

process.on('message', message => {
  if (typeof message !== 'string') return
  void edge.apply(JSON.parse(message)).then(status => process.send?.(status))
})
