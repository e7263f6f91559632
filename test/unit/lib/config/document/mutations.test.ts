import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { AppError } from '../../../../../src/lib/core/errors.ts'
import { read } from '../project.ts'

const FILES = [
  ['commerce/.magento.app.yaml', '.magento.app.yaml'],
  ['commerce/.magento/routes.yaml', '.magento/routes.yaml'],
  ['upsun-shop/.upsun/config.yaml', '.upsun/config.yaml'],
  ['guestbook/aloft.yaml', 'aloft.yaml'],
  ['workspace/webserver/LCP.json', 'LCP.json'],
] as const

const INSERTIONS = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ' - ',
  '\t',
  '&a ',
  '*a',
  '!',
  '!include ',
  '|',
  '"',
  "'",
  '\n',
  '<<: ',
  '0',
  '\0',
  '#',
  ',',
  '%',
  '__proto__: ',
]

/** Knuth's linear congruential generator: the same mutations each time. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = BigInt(seed); ;) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    yield Number(state >> 33n)
  }
}

async function outcome(path: string, text: string): Promise<unknown> {
  const contents = {
    [path]: text,
    ...(path.startsWith('.magento/') ? { '.magento.app.yaml': 'name: a\ntype: "php:8.2"' } : {}),
  }
  try {
    return await read(contents)
  } catch (error) {
    return error
  }
}

test.each(FILES)('%s cut or changed anywhere is read or refused, nothing else', async (fixture, path) => {
  const original = readFileSync(new URL(`../fixtures/${fixture}`, import.meta.url), 'utf8')
  const random = numbers(original.length)
  const unexpected: string[] = []
  for (let round = 0; round < 250; round++) {
    const at = random.next().value % original.length
    const insertion = INSERTIONS[random.next().value % INSERTIONS.length] ?? ''
    const removed = random.next().value % 12
    const text =
      round % 4 === 0 ? original.slice(0, at) : original.slice(0, at) + insertion + original.slice(at + removed)
    const result = await outcome(path, text)
    if (result instanceof Error && !(result instanceof AppError && result.code.startsWith('usage.')))
      unexpected.push(text)
  }
  expect(unexpected).toEqual([])
})

test.each([
  ['aloft.yaml', '['.repeat(20_000)],
  ['aloft.yaml', '{a: '.repeat(20_000)],
  ['aloft.yaml', '- '.repeat(20_000)],
  ['LCP.json', '['.repeat(200_000)],
  ['LCP.json', '{"a":'.repeat(100_000)],
])('%s nested very deeply is refused', async (path, text) => {
  expect(await outcome(path, text)).toBeInstanceOf(AppError)
})
