import { scanTree } from '../../../src/lib/source/scan-tree.ts'

const before = process.memoryUsage().rss
let peak = before
const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 20)
const { digest } = await scanTree(process.argv[2])
clearInterval(timer)
process.send({ digest, growthMiB: (peak - before) / 2 ** 20 })
