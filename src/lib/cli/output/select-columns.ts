import { AppError } from '../../core/errors.ts'
import { nearestNames } from '../../core/nearest.ts'
import type { TableData } from './view.ts'

export interface Selection {
  /** Absent: all. */
  readonly columns?: readonly string[] | undefined
  /** A column's name; with `-` before it from the last to the first. */
  readonly sort?: string | undefined
}

/** The chosen columns in the order they were asked for, and the rows sorted. @throws usage.flag naming what there is */
export function selectColumns(table: TableData, { columns, sort }: Selection): TableData {
  const sorted = sort === undefined ? table : sortRows(table, sort)
  if (columns === undefined) return sorted
  const places = columns.map(name => placeOf(name, table, 'columns'))
  const pick = (cells: readonly string[]): string[] => places.map(place => cells[place] ?? '')
  return {
    ...sorted,
    columns: pick(sorted.columns),
    rows: sorted.rows.map(({ exact, shown }) => ({ exact: pick(exact), shown: pick(shown) })),
  }
}

/** Numbers by their size, the rest as words; what is empty comes last either way. */
function sortRows(table: TableData, sort: string): TableData {
  const isReversed = sort.startsWith('-')
  const place = placeOf(isReversed ? sort.slice(1) : sort, table, 'sort')
  const { compare } = new Intl.Collator('en', { numeric: true })
  const rows = table.rows.toSorted((first, second) => {
    const [a = '', b = ''] = [first.exact[place], second.exact[place]]
    if (a === '' || b === '') return Number(a === '') - Number(b === '')
    const difference = Number(a) - Number(b)
    const order = Number.isNaN(difference) ? compare(a, b) : difference
    return isReversed ? -order : order
  })
  return { ...table, rows }
}

function placeOf(name: string, { columns }: TableData, flag: string): number {
  const place = columns.indexOf(name)
  if (place !== -1) return place
  const message = `--${flag}: there is no column ${JSON.stringify(name)} (there is: ${columns.join(', ')})`
  throw new AppError('usage.flag', message, {
    details: { flag, values: columns },
    suggestions: nearestNames(name, columns).map(near => `--${flag} ${near}`),
  })
}
