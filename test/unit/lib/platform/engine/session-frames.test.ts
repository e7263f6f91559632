import { expect, test } from 'vitest'
import {
  decodeFrame,
  encodeClose,
  encodeData,
  encodeResize,
  encodeSignal,
  encodeStatus,
} from '../../../../../src/lib/protocol/session-frames.ts'

test('bytes come out as they went in, under the channel numbers of v5.channel.k8s.io', () => {
  const data = Buffer.from([0, 255, 10, 128])
  expect([...encodeData('stdin', data)]).toEqual([0, 0, 255, 10, 128])
  expect(encodeData('stdout', data)[0]).toBe(1)
  expect(decodeFrame(encodeData('stderr', data))).toEqual({ data, kind: 'stderr' })
})

test('a size, a signal and an end of input', () => {
  expect(encodeResize(80, 24).toString()).toBe('\u0004{"Width":80,"Height":24}')
  expect(decodeFrame(encodeResize(80, 24))).toEqual({ columns: 80, kind: 'resize', rows: 24 })
  expect(decodeFrame(encodeSignal('SIGINT'))).toEqual({ kind: 'signal', name: 'INT' })
  expect([...encodeClose('stdin')]).toEqual([255, 0])
  expect(decodeFrame(encodeClose('stdin'))).toEqual({ channel: 0, kind: 'close' })
})

test.each([0, 1, 137, 255])('exit code %i travels as a Kubernetes Status', exitCode => {
  expect(decodeFrame(encodeStatus({ exitCode, kind: 'exited' }))).toEqual({
    kind: 'status',
    status: { exitCode, kind: 'exited' },
  })
})

test('a failure of the platform is no exit code', () => {
  const status = { kind: 'failed', message: 'no such instance' } as const
  expect(decodeFrame(encodeStatus(status))).toEqual({ kind: 'status', status })
})

test.each([[[]], [[9, 1]], [[4, 123]], [[3, 1]], [[255]]])('%j is refused', bytes => {
  expect(decodeFrame(Uint8Array.from(bytes)).kind).toBe('invalid')
})
