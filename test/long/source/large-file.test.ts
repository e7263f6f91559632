import { mkdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createSourceStore } from '../../../src/lib/platform/source/source-store.ts'
import { scanTree } from '../../../src/lib/source/scan-tree.ts'
import { sendTree } from '../../../src/lib/source/send-tree.ts'
import { countingTransport, serveSources } from '../../integration/source/loopback.ts'
import { scanElsewhere } from '../../integration/source/scan-elsewhere.ts'

const SIZE = 3 * 2 ** 30
const free = statfsSync(tmpdir())

test.skipIf(free.bavail * free.bsize < 2 * SIZE)(
  'a file of 3 GB is taken in, in flat memory (needs 6 GB free)',
  async () => {
    const base = await mkdtemp(join(tmpdir(), 'aloft-large-'))
    const root = join(base, 'app')
    mkdirSync(root)
    writeFileSync(join(root, 'big'), '')
    truncateSync(join(root, 'big'), SIZE)
    const store = createSourceStore({ directory: join(base, 'sources') })
    const { server, socket } = await serveSources(store, base)
    try {
      expect((await scanElsewhere(root)).growthMiB).toBeLessThan(64)
      const tree = await scanTree(root)
      const before = process.memoryUsage().rss
      let peak = before
      const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 50)
      await sendTree(tree, countingTransport(socket).transport, { project: 'shop' })
      clearInterval(timer)
      expect((peak - before) / 2 ** 20).toBeLessThan(128)
      expect(store.hasTree(tree.digest)).toBe(true)
    } finally {
      await new Promise(resolve => server.close(resolve))
      rmSync(base, { force: true, recursive: true })
    }
  },
)
