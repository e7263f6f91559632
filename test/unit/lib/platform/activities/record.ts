import type { ActivityRecord } from '../../../../../src/lib/platform/store/port.ts'

export function activityRecord(change: Partial<ActivityRecord>): ActivityRecord {
  return {
    createdAt: '2030-01-01T00:00:00.000Z',
    createdBy: 'me',
    description: '',
    id: 'act_1',
    input: {},
    lanes: [],
    lanesEntered: [],
    lanesLeft: [],
    logEnded: false,
    sequence: 1,
    state: 'queued',
    steps: [],
    type: 'test',
    warnings: [],
    ...change,
  }
}
