import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { ToyWatch } from './toy-watch.ts'

test('killed at every moment of every step, each activity ends truly and each done step is done once', async () => {
  const directory = temporaryDirectory()
  const watch = new ToyWatch(directory)
  let lives = 0
  while ((await live(directory, { count: 3, die: true })) === 'SIGKILL') {
    lives++
    watch.look()
  }

  // two whole ones of 4 steps with 4 moments each; the failing one has two whole steps and two moments of the third
  expect(lives).toBe(2 * 16 + 2 * 4 + 2)
  watch.look()
  watch.finish(3)
}, 120_000)

test('killed 20 times at random, each activity ends truly and each done step is done once', async () => {
  const directory = temporaryDirectory()
  const watch = new ToyWatch(directory)
  const random = randomOf(20_261_121)
  for (let kill = 0; kill < 20; kill++) {
    await live(directory, { count: 60, killAfter: 1 + Math.floor(random() * 30) })
    watch.look()
  }
  expect(await live(directory, { count: 60 })).toBe(0)
  watch.look()
  watch.finish(60)
}, 120_000)

interface Life {
  readonly count: number
  readonly die?: boolean
  /** Killed from outside after this many moments. */
  readonly killAfter?: number
}

/** Runs the toy platform to its end; returns its exit code or the signal that ended it. */
async function live(directory: string, { count, die, killAfter }: Life): Promise<number | string> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'toy-platform.ts'), directory, String(count), ...(die ? ['die'] : [])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  onTestFinished(() => void child.kill('SIGKILL'))
  const exit = once(child, 'exit')
  let moments = 0
  for await (const _ of createInterface({ input: child.stdout })) if (++moments === killAfter) child.kill('SIGKILL')
  const [code, signal] = await exit
  return signal ?? code
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aloft-kill-'))
  for (const file of ['died', 'runs']) writeFileSync(join(directory, file), '')
  onTestFinished(() => rmSync(directory, { force: true, recursive: true }))
  return directory
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
