import { exitCodes } from '../src/lib/cli/exit-codes.ts'
import type { ErrorExplanation } from '../src/lib/core/error-codes.ts'

/** Kinds in the order of the exit codes: what the first word of a code means to a script. */
const KINDS = [...new Set(exitCodes.flatMap(each => ('kind' in each ? [each.kind] : [])))].map(kind => {
  const rows = exitCodes.filter(each => 'kind' in each && each.kind === kind)
  const exitCode = rows.map(({ code }) => code).join(' or ')
  return { exitCode, kind, meaning: rows.map(({ meaning }) => meaning).join('; ') }
})

/** The page docs/errors.md. @throws Error when a code is of a kind that has no exit code here */
export function renderErrorCodes(codes: Readonly<Record<string, ErrorExplanation>>): string {
  const strays = Object.keys(codes).filter(code => !KINDS.some(({ kind }) => kind === kindOf(code)))
  if (strays.length > 0) throw new Error(`no exit code for ${strays.join(', ')}`)

  const sections = KINDS.map(({ exitCode, kind, meaning }) => {
    const rows = Object.entries(codes)
      .filter(([code]) => kindOf(code) === kind)
      .map(([code, { remedy, summary }]) => `| \`${code}\` | ${cell(summary)} | ${cell(remedy)} |`)
    return `## ${kind}: exit code ${exitCode}\n\n${meaning}\n\n| code | what happened | what to do |\n| --- | --- | --- |\n${rows.join('\n')}\n`
  })
  return `${HEADER}\n${sections.join('\n')}`
}

const HEADER = `# Error codes

Every failure carries a code: on stderr, under \`--json\` as \`error.code\`, in an activity's result and in the platform's
HTTP answers. Its first word decides the exit code. \`aloft explain CODE\` prints the same text offline.

Made from \`src/lib/core/error-codes.ts\` by \`npm run docs\`; a test keeps the two equal.
`

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`)
}

function kindOf(code: string): string {
  return code.split('.')[0] ?? code
}
