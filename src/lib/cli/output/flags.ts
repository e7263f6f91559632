import { Flags } from '@oclif/core'
import type { TableView } from './view.ts'

const GROUP = 'OUTPUT'

export const DOCUMENT_FORMATS = ['json', 'yaml'] as const
export const TABLE_FORMATS = ['table', 'csv', 'tsv', ...DOCUMENT_FORMATS] as const

export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number]
export type Format = (typeof TABLE_FORMATS)[number]

/** On every command that returns data. */
export const outputFlags = {
  output: Flags.option({
    description: 'print the whole document (json: as --json)',
    exclusive: ['json'],
    helpGroup: GROUP,
    options: DOCUMENT_FORMATS,
  })(),
  query: Flags.string({
    description: 'print only this of the result: a JMESPath expression (see `aloft help formatting`)',
    helpGroup: GROUP,
    helpValue: 'EXPRESSION',
  }),
}

/** On commands that print one record: `--columns` and formats of tables. */
export function recordFlags(...views: readonly Pick<TableView<never>, 'columns'>[]) {
  const names = [...new Set(views.flatMap(view => view.columns))]
  return {
    columns: Flags.string({
      delimiter: ',',
      description: `only these, in this order, with commas: ${names.join(', ')}`,
      helpGroup: GROUP,
      helpValue: 'NAME',
      multiple: true,
      multipleNonGreedy: true,
      options: names,
    }),
    'no-header': Flags.boolean({ description: 'no line with the names of the columns', helpGroup: GROUP }),
    output: Flags.option({
      description: 'how to print it (json: as --json)',
      exclusive: ['json'],
      helpGroup: GROUP,
      options: TABLE_FORMATS,
    })(),
  }
}

/** On commands that print a list. */
export function listFlags(...views: readonly Pick<TableView<never>, 'columns'>[]) {
  return {
    ...recordFlags(...views),
    sort: Flags.string({
      description: 'sort by this column, with - before it from the last to the first',
      helpGroup: GROUP,
      helpValue: '[-]NAME',
    }),
  }
}
