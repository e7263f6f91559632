import { expect, test } from 'vitest'
import { descendants, type ProcessEntry } from '../../../../../../src/lib/platform/engine/process/process-tree.ts'

function entry(pid: number, parent: number): [number, ProcessEntry] {
  return [pid, { group: pid, parent, pid, startTime: '1', state: 'running' }]
}

test('a process has its descendants, and one that is not there has none', () => {
  const table = new Map([entry(1, 0), entry(5, 1), entry(7, 5)])
  expect(descendants(5, table)).toEqual([5, 7])
  expect(descendants(0, table)).toEqual([])
})
