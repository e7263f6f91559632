import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { isSupported } from '../../../bin/node-version.js'

const run = promisify(execFile)
const bin = fileURLToPath(new URL('../../../bin', import.meta.url))
const older = await findOlderNode()
const reason = 'no Node older than aloft needs is on PATH'

test('an older Node runs aloft with the Node installed beside it', async context => {
  if (older === undefined) return context.skip(reason)
  const { stderr, stdout } = await run(older, [join(bin, 'run.js'), '--version'])
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^aloft\/\S+ \S+ node-v2[4-9]\./)
})

test('an older Node alone says in one line what is needed and exits 1', async context => {
  if (older === undefined) return context.skip(reason)
  const place = await mkdtemp(join(tmpdir(), 'aloft-older-'))
  try {
    await cp(bin, join(place, 'bin'), { recursive: true })
    const failure = run(older, [join(place, 'bin', 'run.js'), '--version'])
    await expect(failure).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^aloft needs Node 22\.19 or newer and this is [^\n]+\n$/),
    })
  } finally {
    await rm(place, { recursive: true, force: true })
  }
})

/** Looks through PATH: the machine's own Node is often older than the pinned one that runs the tests. */
async function findOlderNode(): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const names = await readdir(directory).catch((): string[] => [])
    if (!names.includes('node')) continue
    const node = join(directory, 'node')
    const { stdout } = await run(node, ['--version'])
    if (!isSupported(stdout.trim().replace(/^v/, ''))) return node
  }
  return undefined
}
