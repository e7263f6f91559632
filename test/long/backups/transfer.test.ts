import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import * as z from 'zod/mini'
import { startCuttingProxy, startRequestCuttingProxy } from '../../helpers/cutting-proxy.ts'
import { APP_WITH_UPLOADS, writeFiles } from '../../helpers/small-app.ts'
import { until } from '../../helpers/until.ts'
import { createWorkspace, type Workspace } from '../../helpers/workspace.ts'

const SIZE = 2 * 10 ** 9
const MIDDLE = SIZE / 2
/** What either side may take in all, Node included, bytes. */
const MEMORY = 120_000_000
const MINUTES = 10 * 60_000
const SHOP = ['-p', 'shop', '-e', 'main']
const status = z.object({ addresses: z.object({ api: z.string() }), pid: z.number() })
const free = statfsSync(tmpdir())

describe.skipIf(process.platform !== 'linux' || free.bavail * free.bsize < 6 * SIZE)(
  'a bundle of 2 GB (needs Linux and 12 GB free)',
  () => {
    let workspace: Workspace
    let api: URL
    let pid: number
    let token: string
    let file: string

    beforeAll(async () => {
      workspace = createWorkspace()
      const app = writeFiles(workspace, 'app', APP_WITH_UPLOADS)
      await workspace.json(['deploy', app, ...SHOP])
      await workspace.aloft(['exec', ...SHOP, 'web', '--', 'sh', '-c', `head -c ${SIZE} /dev/urandom > uploads/large`])
      await workspace.json(['backup', '--live', ...SHOP])
      token = (await workspace.aloft(['tokens', 'create', 'mover', '--scope', 'write'])).stdout.trim()
      const running = z.parse(status, await workspace.json(['platform', 'status']))
      ;[api, pid] = [new URL(running.addresses.api), running.pid]
      file = join(workspace.directory, 'shop.tar')
    }, MINUTES)
    afterAll(() => workspace?.close())

    it(
      'is downloaded in constant memory on both sides, though it is cut in the middle',
      async context => {
        const proxy = await startCuttingProxy(api, 2, () => MIDDLE)

        const run = await measure(['backup', 'download', 'latest', ...SHOP, '-o', file], proxy.url)

        expect(proxy.cuts()).toBeGreaterThan(0)
        expect(statSync(file).size).toBeGreaterThan(SIZE)
        await expectLittleMemory(context, run)
        await proxy.close()
      },
      MINUTES,
    )

    it(
      'is uploaded in constant memory on both sides, though it is cut in the middle',
      async context => {
        const proxy = await startRequestCuttingProxy(api, 2, () => MIDDLE)

        const run = await measure(['backup', 'upload', file, ...SHOP], proxy.url)

        expect(proxy.cuts()).toBeGreaterThan(0)
        await expectLittleMemory(context, run)
        await proxy.close()
      },
      MINUTES,
    )

    it(
      'goes as a file into a volume in constant memory on both sides',
      async context => {
        const up = join(workspace.directory, 'up')
        mkdirSync(up)
        linkSync(file, join(up, 'shop.tar'))

        await expectLittleMemory(context, await measure(['volumes', 'upload', up, 'web', ...SHOP], api.href))

        const inside = ['exec', ...SHOP, 'web', '--', 'sh', '-c', 'wc -c <uploads/shop.tar; rm uploads/shop.tar']
        expect(Number((await workspace.aloft(inside)).stdout)).toBe(statSync(file).size)
        rmSync(up, { recursive: true })
      },
      MINUTES,
    )

    it(
      'is uploaded by a second call where the first one was killed, though the platform is killed too',
      async () => {
        const environment = { ALOFT_ADDRESS: api.href, ALOFT_TOKEN: token }
        const first = workspace.start(['backup', 'upload', file, ...SHOP], { environment })
        await until('a quarter has arrived', () => arrived() > SIZE / 4, MINUTES)
        first.kill('SIGKILL')

        const second = workspace.start(['backup', 'upload', file, ...SHOP])
        let said = ''
        second.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
        second.stdout?.resume()
        await until('three quarters have arrived', () => arrived() > (SIZE / 4) * 3, MINUTES)
        process.kill(pid, 'SIGKILL')

        expect(await new Promise(resolve => second.once('close', resolve)), said).toBe(0)
        expect(Number(/resumes at (\d+)/.exec(said)?.[1])).toBeGreaterThanOrEqual(500)
        rmSync(file)
      },
      MINUTES,
    )

    /** Bytes of the upload that has got furthest. */
    function arrived(): number {
      const uploads = join(workspace.home, 'data', 'uploads')
      return Math.max(0, ...readdirSync(uploads).map(upload => sizeOf(join(uploads, upload, 'content'))))
    }

    async function expectLittleMemory(context: TestContext, { peak, seconds }: Run): Promise<void> {
      const platform = peakMemory(pid)
      const [ours, theirs] = [peak, platform].map(bytes => (bytes / 1e6).toFixed())
      await context.annotate(
        `${seconds.toFixed(1)} s; at most ${ours} MB in the client, ${theirs} MB in the platform since it started`,
      )
      expect(peak).toBeLessThan(MEMORY)
      expect(platform).toBeLessThan(MEMORY)
    }

    /** Of a command that ends well. */
    async function measure(args: readonly string[], address: string): Promise<Run> {
      const begin = performance.now()
      const child = workspace.start(args, { environment: { ALOFT_ADDRESS: address, ALOFT_TOKEN: token } })
      let [peak, said] = [0, '']
      const timer = setInterval(() => (peak = Math.max(peak, peakMemory(child.pid ?? 0))), 20)
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
      child.stdout?.resume()
      const code = await new Promise(resolve => child.once('close', resolve))
      clearInterval(timer)
      expect(code, said).toBe(0)
      return { peak, seconds: (performance.now() - begin) / 1000 }
    }
  },
)

interface Run {
  /** The most memory it ever had, bytes. */
  readonly peak: number
  readonly seconds: number
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}

/** Bytes; 0 once the process has ended. */
function peakMemory(process: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
