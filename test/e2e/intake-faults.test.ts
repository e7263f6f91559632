import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, ftruncateSync, openSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { APP_TARGET, filesBelow, runFailing, writeFiles } from '../helpers/small-app.ts'
import { until } from '../helpers/until.ts'
import { createWorkspace, type Workspace } from '../helpers/workspace.ts'

let workspace: Workspace

beforeEach(() => void (workspace = createWorkspace()))
afterEach(() => workspace.close())

describe('a source that goes wrong on its way', () => {
  it('leaves nothing when the CLI is killed or interrupted, and takes it in when repeated', async () => {
    const source = writeFiles(workspace, 'app', { 'index.html': 'hello' })
    const blob = openSync(join(source, 'blob'), 'w')
    ftruncateSync(blob, 400 * 1024 * 1024)
    closeSync(blob)

    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const child = workspace.start(['deploy', source, ...APP_TARGET])
      const exited = new Promise<number | null>(resolve => child.once('exit', resolve))
      await until('contents are being sent', () => stagedBytes() > 1024 * 1024, 60_000)
      child.kill(signal)
      expect(await exited).toBe(signal === 'SIGINT' ? 130 : null)
      await until('what was sent is gone', () => stagedBytes() === 0)
      expect(await workspace.json(['projects'])).toEqual([])
    }

    expect(await workspace.aloft(['deploy', source, ...APP_TARGET])).toMatchObject({ exitCode: 0 })
  })

  it('says that files changed while they were read', async () => {
    const source = writeFiles(workspace, 'app', { 'index.html': 'hello', 'growing.bin': randomBytes(8 * 1024 * 1024) })
    const writing = { goesOn: true }
    const writer = (async () => {
      while (writing.goesOn) {
        writeFileSync(join(source, 'growing.bin'), randomBytes(8 * 1024 * 1024 + Math.floor(Math.random() * 1000)))
        await new Promise(resolve => setImmediate(resolve))
      }
    })()

    const answer = await runFailing(workspace, ['deploy', source, ...APP_TARGET])
    writing.goesOn = false
    await writer

    expect(answer).toMatchObject({ code: 'failed.source-changed', exitCode: 7 })
    expect(answer.message).toContain('growing.bin')
    expect(await workspace.json(['projects'])).toEqual([])
    expect(await workspace.aloft(['deploy', source, ...APP_TARGET])).toMatchObject({ exitCode: 0 })
  })
})

/** Contents on their way in. */
function stagedBytes(): number {
  const staging = join(workspace.home, 'data', 'sources', 'staging')
  return existsSync(staging) ? filesBelow(staging).reduce((sum, file) => sum + sizeOf(file), 0) : 0
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
