import { AppError } from '../../core/errors.ts'
import { type DocumentFormat, type Format, TABLE_FORMATS } from './flags.ts'
import type { Query } from './query.ts'
import type { Selection } from './select-columns.ts'

/** How this run prints its result: what the flags of `flags.ts` ask for. */
export interface OutputChoice extends Selection {
  /** Absent: for people, or tab-separated in a pipe. */
  readonly format?: Format | undefined
  readonly query?: Query | undefined
  readonly header: boolean
}

/** Parsed flags as a choice. @throws usage.query, usage.flag */
export async function readChoice(flags: Readonly<Record<string, unknown>>): Promise<OutputChoice> {
  const { columns, 'no-header': noHeader, output, query, sort } = flags
  const format = flags['json'] === true ? 'json' : TABLE_FORMATS.find(each => each === output)
  const choice = {
    columns: Array.isArray(columns) ? columns.map(String) : undefined,
    format,
    header: noHeader !== true,
    sort: typeof sort === 'string' ? sort : undefined,
  }
  if (typeof query !== 'string') return choice
  if (isTable(choice)) {
    throw new AppError('usage.flag', '--query selects from the document, not from a table', {
      suggestions: ['leave out --columns, --sort, --no-header and --output table, csv or tsv'],
    })
  }
  const { compileQuery } = await import('./query.ts')
  return { ...choice, query: await compileQuery(query) }
}

/** Whether columns are what was asked for. */
export function isTable({ columns, format, header, sort }: OutputChoice): boolean {
  return columns !== undefined || sort !== undefined || !header || (format !== undefined && !isDocument(format))
}

/** What the arguments ask for before they are parsed: errors of parsing are printed that way too. */
export function documentFormatOf(argv: readonly string[]): DocumentFormat | undefined {
  const format = formatOf(argv)
  return format !== undefined && isDocument(format) ? format : undefined
}

/** A program reads it: nobody is asked anything. */
export function isForPrograms(argv: readonly string[]): boolean {
  const format = formatOf(argv)
  const isQuery = ownArguments(argv).some(each => /^--query(=|$)/.test(each))
  return isQuery || (format !== undefined && format !== 'table')
}

function formatOf(argv: readonly string[]): string | undefined {
  const own = ownArguments(argv)
  if (own.includes('--json')) return 'json'
  return own
    .flatMap((each, at) => (each === '--output' ? own[at + 1] : /^--output=(.*)$/.exec(each)?.[1]))
    .findLast(format => format !== undefined)
}

/** `--sort -name`, whose value would be taken for a flag, as `--sort=-name`. */
export function joinSort(argv: readonly string[]): string[] {
  const at = ownArguments(argv).indexOf('--sort')
  const value = argv[at + 1]
  if (at === -1 || value === undefined || !/^-[a-z]/.test(value)) return [...argv]
  return [...argv.slice(0, at), `--sort=${value}`, ...argv.slice(at + 2)]
}

function ownArguments(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}

function isDocument(format: string): format is DocumentFormat {
  return format === 'json' || format === 'yaml'
}
