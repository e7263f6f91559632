import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { destroying, together } from '../../../../../src/lib/platform/backups/together.ts'

it('ends the other tasks when one fails before anybody listens to their streams', async () => {
  const stream = new PassThrough()
  const waiting = new Promise<void>(resolve => {
    stream.once('close', resolve)
  })
  const failing = Promise.reject(new Error('the tool is missing'))

  await expect(together([failing, waiting], destroying(stream))).rejects.toThrow('the tool is missing')
  expect(stream.errored?.message).toBe('the tool is missing')
})
