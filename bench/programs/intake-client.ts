// What `aloft deploy` does with a directory, as a process of its own: scan it, send what the platform does not have.
import { scanTree } from '../../src/lib/source/scan-tree.ts'
import { sendTree } from '../../src/lib/source/send-tree.ts'
import { openSentTree } from '../../src/lib/source/sent-trees.ts'
import { describeAddress } from '../../src/lib/transport/address.ts'
import { requestJson } from '../../src/lib/transport/http.ts'
import { createNetwork } from '../../src/lib/transport/network.ts'

const [directory = '', socketPath, cacheFile = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const address = { network: createNetwork({ environment: process.env }), socketPath, url: 'http://platform' }
const project = 'bench'

const tree = await scanTree(directory, { cacheFile, signal })
await sendTree(
  tree,
  {
    request: (method, path, body) =>
      requestJson(address, { body, deadlineMs: 3_600_000, method, path, requestId: 'server', signal }),
  },
  { project, sent: openSentTree(cacheFile, `${describeAddress(address)} ${project}`), signal },
)
