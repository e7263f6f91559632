import { describe, expect, it } from 'vitest'
import { printCsv, printTsv } from '../../../../../src/lib/cli/output/print-table.ts'
import { selectColumns } from '../../../../../src/lib/cli/output/select-columns.ts'
import type { TableData } from '../../../../../src/lib/cli/output/view.ts'

function table(...rows: readonly (readonly string[])[]): TableData {
  return { columns: ['name', 'value'], rows: rows.map(exact => ({ exact, shown: exact })) }
}

function valuesSortedBy(sort: string): readonly (string | undefined)[] {
  const mixed = table(['a', '10'], ['b', ''], ['c', '9.5'], ['d', '128MB'], ['e', '64MB'])
  return selectColumns(mixed, { sort }).rows.map(({ exact }) => exact[1])
}

describe('csv', () => {
  it('quotes commas, quotes and line breaks', async () => {
    const text = await printCsv(table(['a,b', 'say "hi"'], ['c', 'two\nlines']), { header: false })

    expect(text).toBe('"a,b","say ""hi"""\nc,"two\nlines"\n')
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx'])('makes %j no formula of a spreadsheet', async value => {
    expect(await printCsv(table(['a', value]), { header: false })).toContain(`'${value}`)
  })

  it('has only the head when there are no rows', async () => {
    expect(await printCsv(table(), { header: true })).toBe('name,value\n')
    expect(await printCsv(table(), { header: false })).toBe('')
  })
})

describe('tsv', () => {
  it('keeps values exact, each in its field', () => {
    expect(printTsv(table(['a', '=1+1'], ['b', 'two\tlines\nhere']), { header: true })).toBe(
      'name\tvalue\na\t=1+1\nb\ttwo lines here\n',
    )
  })
})

describe('sorting', () => {
  it('knows numbers, and has what is empty last either way', () => {
    expect(valuesSortedBy('value')).toEqual(['9.5', '10', '64MB', '128MB', ''])
    expect(valuesSortedBy('-value')).toEqual(['128MB', '64MB', '10', '9.5', ''])
  })
})
