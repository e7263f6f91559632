import { spawn } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { continueTree, killTree, stopTree } from '../../../src/lib/platform/engine/process/process-tree.ts'

const roots: number[] = []
afterEach(async () => {
  for (const root of roots.splice(0)) await killTree({ root })
})

// A shell waits in the kernel from vfork(2) to its child's execve(2): stopped in between, the child keeps it there.
test('shells that start one program after another are always stopped', { timeout: 60_000 }, async () => {
  for (let count = 0; count < 4; count++) {
    const { pid } = spawn('sh', ['-c', 'while :; do /bin/true; done'], { stdio: 'ignore' })
    if (pid !== undefined) roots.push(pid)
  }
  for (let round = 0; round < 60; round++) {
    const stopped = await Promise.all(roots.map(root => stopTree({ root }, 2000)))
    expect(stopped, `round ${round}`).toEqual([true, true, true, true])
    for (const root of roots) continueTree({ root })
  }
})
