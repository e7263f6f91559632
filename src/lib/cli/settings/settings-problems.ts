import { parse, type ParseError, printParseErrorCode } from 'jsonc-parser'
import type { Settings } from './settings-file.ts'

/** What is wrong with the settings file, each with its place. */
export function settingsProblems({ broken, file, problems }: Settings): readonly string[] {
  if (broken === undefined) return problems
  const errors: ParseError[] = []
  parse(broken, errors, { allowEmptyContent: false, disallowComments: true })
  const [first] = errors
  const before = broken.slice(0, first?.offset ?? 0).split('\n')
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
  const what = first ? `${printParseErrorCode(first.error)}: ` : ''
  return [`${file}, ${place}: ${what}it is not JSON, so no setting in it holds`]
}
