// What `aloft deploy` does with a directory, as a process of its own: scan it, send what the platform does not have.
import { openSentTree } from '../../dist/lib/source/sent-trees.js'
import { scanTree } from '../../dist/lib/source/scan-tree.js'
import { sendTree } from '../../dist/lib/source/send-tree.js'
import { describeAddress } from '../../dist/lib/transport/address.js'
import { requestJson } from '../../dist/lib/transport/http.js'

const [directory, socketPath, cacheFile] = process.argv.slice(2)
const { signal } = new AbortController()
const address = { socketPath, url: 'http://platform' }
const project = 'bench'

const tree = await scanTree(directory, { cacheFile, signal })
await sendTree(
  tree,
  {
    request: (method, path, body) => requestJson(address, { body, deadlineMs: 3_600_000, method, path, signal }),
  },
  { project, sent: openSentTree(cacheFile, `${describeAddress(address)} ${project}`), signal },
)
