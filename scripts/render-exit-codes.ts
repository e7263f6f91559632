import type { ExitCode } from '../src/lib/cli/exit-codes.ts'

const BEGIN = '<!-- made by `npm run docs` from src/lib/cli/exit-codes.ts -->'
const END = '<!-- end -->'

/** The page with its table of exit codes as the program has it. @throws Error when the page has no place for it */
export function withExitCodes(page: string, codes: readonly ExitCode[]): string {
  const [before, rest] = page.split(BEGIN)
  const after = rest?.slice(rest.indexOf(END))
  if (before === undefined || after === undefined) throw new Error(`there is no ${BEGIN} in the page`)
  const rows = codes.map(({ code, meaning }) => `| ${code} | ${meaning} |\n`).join('')
  return `${before}${BEGIN}\n\n| code | meaning |\n| --- | --- |\n${rows}\n${after}`
}
