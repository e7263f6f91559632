import { closeSync, openSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createProgramLog } from '../../../../src/lib/platform/program-log.ts'

it.skipIf(process.platform !== 'linux')('a log on a full disk fails nothing else (needs /dev/full)', () => {
  const full = openSync('/dev/full', 'w')
  const log = createProgramLog(full)

  expect(() => {
    for (let line = 0; line < 3; line++) log.error({ line }, 'no room')
  }).not.toThrow()
  closeSync(full)
})
