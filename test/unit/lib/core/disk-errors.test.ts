import { expect, it } from 'vitest'
import { diskError } from '../../../../src/lib/core/disk-errors.ts'

it.each(['ENOSPC', 'Unknown system error -122'])('knows a disk that is full by %s', code => {
  const error = Object.assign(new Error('write'), { code })
  expect(diskError(error, '/data')).toMatchObject({ cause: error, code: 'failed.disk-full' })
})

it('takes nothing else for a full disk', () => {
  const error = Object.assign(new Error('write'), { code: 'EACCES' })
  expect(diskError(error, '/data')).toBe(error)
})
