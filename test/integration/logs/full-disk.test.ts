import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createLogReader } from '../../../src/lib/platform/logs/reader.ts'
import { createLogWriter } from '../../../src/lib/platform/logs/writer.ts'
import { readAll, roomy, temporaryDirectory } from '../../helpers/logs.ts'

/** Mounts a disk of 1 MiB, or returns why that cannot be done. */
function mountSmallDisk(directory: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { stdio: 'pipe' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

test('a full disk costs a gap, neither the process nor what was written', { timeout: 60_000 }, async ({ skip }) => {
  const disk = await temporaryDirectory()
  const refused = mountSmallDisk(disk)
  if (refused !== undefined) skip(`a small disk cannot be mounted here: ${refused}`)
  onTestFinished(() => void execFileSync('umount', [disk]))

  const directory = join(disk, 'app')
  mkdirSync(directory)
  const ballast = join(disk, 'ballast')
  writeFileSync(ballast, Buffer.alloc(700 * 1024))
  const log = createLogWriter({
    directory,
    limits: { ...roomy, segmentBytes: 100_000, totalBytes: 600_000 },
    source: 'app',
  })
  onTestFinished(() => log.close())

  // More than the disk has and more than may wait.
  const lines = 200
  for (let i = 0; i < lines; i++) log.append({ message: 'x'.repeat(60_000) })
  await expect(log.flush()).rejects.toMatchObject({ code: 'failed.disk-full' })

  rmSync(ballast)
  log.append({ message: 'after' })
  await log.flush()
  await log.close({ ended: true })

  const events = await readAll(createLogReader({ directory: () => directory }), ['app'])
  let next = 1
  for (const event of events) {
    if (event.type === 'end') break
    const [from, to] = event.type === 'gap' ? [event.from, event.to] : [numberOf(event.cursor), numberOf(event.cursor)]
    expect(from).toBe(next)
    next = to + 1
  }
  expect(events).toContainEqual(expect.objectContaining({ reason: 'overflow', type: 'gap' }))
  expect(events.at(-1)).toEqual({ type: 'end' })
  expect(events.at(-2)).toMatchObject({ message: 'after' })
})

function numberOf(cursor: string): number {
  return Number(cursor.slice(cursor.lastIndexOf('.') + 1))
}
