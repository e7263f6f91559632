import { expect, test } from 'vitest'
import type { LogRecord } from '../../../../src/lib/core/events.ts'
import { createRecordFields, fieldText, readRecord, scanRecord } from '../../../../src/lib/stream/scan-records.ts'

const record: LogRecord = {
  type: 'log',
  cursor: 'app.17',
  at: '2026-11-21T10:00:00.000Z',
  source: 'app',
  service: 'web',
  instance: 'web.1',
  level: 'info',
  phase: 'build',
  message: 'hello',
}

const latin1 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('latin1')

function without(...keys: readonly (keyof LogRecord)[]): LogRecord {
  return { ...record, ...Object.fromEntries(keys.map(key => [key, undefined])) }
}

test.each<[string, LogRecord]>([
  ['all fields', record],
  ['no service', without('service', 'instance')],
  ['no phase', without('phase')],
  ['an empty message', { ...record, message: '' }],
  ['a message that looks like a record', { ...record, message: JSON.stringify(record) }],
  ['a message with escapes', { ...record, message: 'a\\ "b"\n\t\u0001' }],
  ['a message beyond ASCII', { ...record, message: 'é€😀' }],
  ['a service with escapes', { ...record, service: 'a"b\\","level":"' }],
])('a record with %s is read as JSON would', (_, expected) => {
  const line = latin1(expected)
  const text = `x\n${line}\ny`
  expect(readRecord(text, { start: 2, end: 2 + line.length })).toEqual(JSON.parse(JSON.stringify(expected)))
})

test('scanning gives the places of the fields', () => {
  const line = latin1(without('service'))
  const fields = createRecordFields()
  expect(scanRecord(Buffer.from(line, 'latin1'), { start: 0, end: line.length }, fields)).toBe(true)
  expect(line.slice(fields.cursorStart, fields.cursorEnd)).toBe('app.17')
  expect(line.slice(fields.messageStart, fields.messageEnd)).toBe('hello')
  expect(fieldText(line, fields.serviceStart, fields.serviceEnd)).toBeUndefined()
  expect(fieldText(line, fields.instanceStart, fields.instanceEnd)).toBe('web.1')
})

test('fields of the record before are forgotten', () => {
  const fields = createRecordFields()
  for (const value of [record, without('service', 'instance', 'phase')]) {
    const line = latin1(value)
    scanRecord(Buffer.from(line, 'latin1'), { start: 0, end: line.length }, fields)
  }
  expect([fields.serviceStart, fields.instanceStart, fields.phaseStart]).toEqual([-1, -1, -1])
})

test('another order of keys is no scan, but still read', () => {
  const { message, type, ...rest } = record
  const line = latin1({ message, type, ...rest })
  expect(scanRecord(Buffer.from(line, 'latin1'), { start: 0, end: line.length }, createRecordFields())).toBe(false)
  expect(readRecord(line, { start: 0, end: line.length })).toEqual(record)
})

test.each(['{"type":"end"}', '{"type":"gap","source":"app","from":1,"to":2,"dropped":2,"reason":"lost"}', 'x', ''])(
  '%j is no record',
  line => {
    expect(readRecord(line, { start: 0, end: line.length })).toBeUndefined()
  },
)
