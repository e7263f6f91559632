import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { logStore, readAll } from '../../helpers/logs.ts'
import { createRandom } from '../../helpers/random.ts'

const script = fileURLToPath(new URL('append-lines.ts', import.meta.url))

/** Runs a writer until some time after its first flush, kills it, and returns the last number it said was flushed. */
async function runAndKill(directory: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  let last = 0
  try {
    let killing: Promise<void> | undefined
    for await (const line of createInterface({ input: child.stdout })) {
      killing ??= setTimeout(afterMs).then(() => void child.kill('SIGKILL'))
      // A line that the kill has cut off is no promise.
      const number = Number(/^app\.(\d+)$/.exec(line)?.[1] ?? 0)
      last = Math.max(last, number)
    }
    await killing
  } finally {
    child.kill('SIGKILL')
    await exited
  }
  return last
}

test('a writer killed again and again loses no flushed line and uses no number twice', async () => {
  const random = createRandom(42).next
  const { directory, reader } = await logStore()
  for (let round = 0; round < 8; round++) {
    const flushed = await runAndKill(join(directory, 'app'), Math.floor(random() * 150))
    expect(flushed).toBeGreaterThan(0)

    const events = await readAll(reader, ['app'])
    const cursors = events.flatMap(event => (event.type === 'log' ? [event.cursor] : []))
    expect(events.filter(event => event.type === 'gap')).toEqual([])
    expect(cursors.length).toBeGreaterThanOrEqual(flushed)
    expect(cursors.every((cursor, index) => cursor === `app.${index + 1}`)).toBe(true)
  }
})
