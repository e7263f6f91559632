import { expect, it } from 'vitest'
import { parseHead } from '../../../../../src/lib/platform/edge/node/fastcgi/head.ts'
import { beginRequest, RECORD, recordReader, stdin } from '../../../../../src/lib/platform/edge/node/fastcgi/records.ts'

it('writes records that are read back whatever the pieces they come in', () => {
  const bytes = Buffer.concat([beginRequest({ LONG: 'x'.repeat(70_000), NAME: 'value' }), stdin(Buffer.from('body'))])
  const read = recordReader()
  const found = Array.from(bytes, byte => read(Buffer.from([byte]))).flat()
  expect(found.map(({ content, type }) => [type, content.length])).toEqual([
    [RECORD.begin, 8],
    [RECORD.params, 65_535],
    [RECORD.params, 70_000 + 1 + 4 + 4 + 1 + 1 + 9 - 65_535],
    [RECORD.params, 0],
    [RECORD.stdin, 4],
  ])
  expect(found.at(-1)?.content.toString()).toBe('body')
})

it('skips padding', () => {
  const padded = Buffer.from([1, 6, 0, 1, 0, 2, 3, 0, 0x68, 0x69, 0, 0, 0])
  expect(recordReader()(padded)).toEqual([{ content: Buffer.from('hi'), type: RECORD.stdout }])
})

it('reads the head of a CGI response', () => {
  expect(parseHead(Buffer.from('X: 1\r\n'))).toBeUndefined()
  const text = 'Status: 404 Not Found\r\nX: 1\r\nX: 2\r\n\r\nbody'
  const parsed = parseHead(Buffer.from(text))
  expect(parsed?.head).toEqual({
    headers: [
      ['X', '1'],
      ['X', '2'],
    ],
    status: 404,
  })
  expect(text.slice(parsed?.bodyAt)).toBe('body')
  expect(parseHead(Buffer.from('Location: /a\n\n'))?.head.status).toBe(302)
})
