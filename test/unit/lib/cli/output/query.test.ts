import { describe, expect, it } from 'vitest'
import { compileQuery } from '../../../../../src/lib/cli/output/query.ts'
import type { AppError } from '../../../../../src/lib/core/errors.ts'

const projects = [
  { name: 'shop', urls: ['http://a', 'http://b'] },
  { name: 'toys', urls: [] },
]

async function refusalOf(work: Promise<unknown>): Promise<AppError> {
  return work.then(
    () => Promise.reject(new Error('it was accepted')),
    (error: AppError) => error,
  )
}

describe('--query', () => {
  it.each([
    ['[].name', ['shop', 'toys']],
    ['[0].urls[1]', 'http://b'],
    ['[?name==`toys`] | length(@)', 1],
    ['[?name==`"toys"`].urls', [[]]],
    ['[].{project: name}[0]', { project: 'shop' }],
    ['nothing', null],
  ])('%s selects', async (expression, found) => {
    const query = await compileQuery(expression)

    expect(query(projects)).toEqual(found)
  })

  it.each([
    ['foo bar', 5, 'bar'],
    ['a..b', 3, '.b'],
    ['[].name[', 9, 'its end'],
    ['[?name==', 9, 'its end'],
    ['', 1, 'its end'],
    ['"open', 1, '"open'],
    ['[0].# name', 5, '# name'],
    ['lenght(@)', 1, 'lenght(@)'],
  ])('%j is refused at character %i', async (expression, position, rest) => {
    const { code, details, message } = await refusalOf(compileQuery(expression))

    expect(code).toBe('usage.query')
    expect(details).toMatchObject({ expression, flag: 'query', position })
    expect(message).toContain(`--query, character ${position} (${rest})`)
  })

  it('names the function that was meant', async () => {
    expect((await refusalOf(compileQuery('lenght(@)'))).suggestions).toContain('use length()')
  })

  it('refuses what does not fit the result', async () => {
    const query = await compileQuery('sum([].name)')

    expect(() => query(projects)).toThrow(expect.objectContaining({ code: 'usage.query' }))
  })
})
