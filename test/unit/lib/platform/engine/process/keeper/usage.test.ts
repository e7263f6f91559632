import { expect, test } from 'vitest'
import { sumUsage } from '../../../../../../../src/lib/platform/engine/process/keeper/usage.ts'

test('processes that ended while they were looked at take nothing', () => {
  expect(sumUsage([{ cpu: 10, memory: 100 }, null, undefined, { cpu: 5, memory: 50 }])).toEqual({
    cpuPercent: 15,
    memoryBytes: 150,
  })
})
