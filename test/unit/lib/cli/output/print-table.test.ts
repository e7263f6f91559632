import { stripVTControlCharacters } from 'node:util'
import { Chalk } from 'chalk'
import { describe, expect, it } from 'vitest'
import { printAligned, printCsv, printTsv } from '../../../../../src/lib/cli/output/print-table.ts'
import { selectColumns } from '../../../../../src/lib/cli/output/select-columns.ts'
import type { TableData } from '../../../../../src/lib/cli/output/view.ts'

function table(...rows: readonly (readonly string[])[]): TableData {
  return {
    columns: ['name', 'value'],
    flexible: ['value'],
    places: [],
    rows: rows.map(exact => ({ exact, shown: exact })),
  }
}

function valuesSortedBy(sort: string): readonly (string | undefined)[] {
  const mixed = table(['a', '10'], ['b', ''], ['c', '9.5'], ['d', '128MB'], ['e', '64MB'])
  return selectColumns(mixed, { sort }).rows.map(({ exact }) => exact[1])
}

function onTerminal(columns: number, ...rows: readonly (readonly string[])[]): Promise<string> {
  return printAligned(
    {
      columns: ['id', 'note', 'empty', 'place'],
      flexible: ['note', 'place'],
      places: ['place'],
      rows: rows.map(row => ({ exact: row, shown: row })),
    },
    { header: true },
    { animates: true, columns, isTerminal: columns > 0, now: 0, paint: new Chalk({ level: 0 }) },
  )
}

function widest(text: string): number {
  return Math.max(...text.split('\n').map(line => stripVTControlCharacters(line).length))
}

describe('a table on a terminal', () => {
  const long = 'x'.repeat(30)
  const blue = `\u001b[34m${long}\u001b[39m`
  it('stays as it is where it fits, with columns in which nothing is', async () => {
    expect(await onTerminal(80, ['bkp_1', long, '', 'here'])).toBe(
      `ID     NOTE                            EMPTY  PLACE\nbkp_1  ${long}         here\n`,
    )
  })

  it('leaves out a place that is the same for all, after what is empty', async () => {
    const two = [
      ['bkp_1', long, '', 'here'],
      ['bkp_2', long, '', 'here'],
    ]
    expect(await onTerminal(40, ...two)).toBe(`ID     NOTE\nbkp_1  ${long}\nbkp_2  ${long}\n`)
    expect(await onTerminal(45, ...two)).toContain('here')
  })

  it('leaves out what is empty first, then cuts the widest of what may be cut, colours or not', async () => {
    expect(await onTerminal(45, ['bkp_1', long, '', 'here'])).toBe(
      `ID     NOTE                            PLACE\nbkp_1  ${long}  here\n`,
    )
    expect(await onTerminal(30, ['bkp_1', long, '', 'here'], ['bkp_2', 'short', '', ''])).toBe(
      `ID     NOTE              PLACE\nbkp_1  xxxxxxxxxxxxxxx…  here\nbkp_2  short\n`,
    )
    expect(widest(await onTerminal(30, ['bkp_1', blue, '', 'here'], ['bkp_2', '', '', '']))).toBe(30)
  })

  it('is whole where it cannot be made to fit, and without a terminal', async () => {
    for (const columns of [12, 0])
      expect(await onTerminal(columns, ['bkp_1', long, '', 'here'])).toContain(`${long}         here`)
  })
})

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
