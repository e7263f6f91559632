import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

describe('the platform in the foreground', () => {
  let workspace: Workspace

  beforeEach(() => void (workspace = createWorkspace()))
  afterEach(() => workspace.close())

  it('says one typed line on stdout, its log on stderr, and ends well when it is interrupted', async () => {
    const running = workspace.start(['platform', 'run', '--json'])
    const said = listen(running)
    await until('it is ready', () => said.stdout.includes('\n') && said.stderr.includes('the platform is up'))

    expect(await interrupt(running)).toBe(0)
    const lines = said.stdout.trimEnd().split('\n')
    expect(lines.map(line => JSON.parse(line))).toEqual([expect.objectContaining({ type: 'ready' })])
  })

  it.each(['data', 'data/platform.db'])(
    'ends at once and leaves no platform when it is interrupted with no more than %s',
    async sign => {
      const running = workspace.start(['platform', 'run'])
      const said = listen(running)
      await until('it has begun', () => existsSync(join(workspace.home, sign)))

      expect(await interrupt(running)).toBe(130)
      expect(said.stdout).toBe('')
      expect(existsSync(join(workspace.home, 'run/platform.sock'))).toBe(false)
    },
    // a start that nobody watches ends after 30 s
    20_000,
  )
})

function listen(child: ChildProcess): { stdout: string; stderr: string } {
  const said = { stderr: '', stdout: '' }
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (said.stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said.stderr += text))
  return said
}

/** Returns once everybody who held its output has ended, the platform too. */
async function interrupt(child: ChildProcess): Promise<unknown> {
  const closed = once(child, 'close')
  child.kill('SIGINT')
  const [code] = await closed
  return code
}
