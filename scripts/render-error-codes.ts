import type { ErrorExplanation } from '../src/lib/core/error-codes.ts'

/** Kinds in the order of the exit codes: what the first word of a code means to a script. */
const KINDS: readonly (readonly [kind: string, exitCode: string, meaning: string])[] = [
  ['internal', '1', 'an unexpected error: a defect of aloft'],
  ['usage', '2', 'wrong usage, bad input, or an answer was needed and there is no terminal'],
  ['auth', '4', 'not logged in, expired, or forbidden'],
  ['not-found', '5', 'there is no such thing'],
  ['conflict', '6', 'locked, changed meanwhile, or a precondition does not hold'],
  ['failed', '7', 'what was asked for ran and failed, or somebody cancelled it'],
  ['pending', '8', 'still running, or waiting for an answer, when the deadline passed'],
  ['unsupported', '9', 'this provider does not offer that'],
  ['unavailable', '75', 'transient: network, rate limit, server busy after retries'],
  ['interrupted', '130 or 143', 'interrupted or terminated'],
  ['session', '255', '`shell` and `exec`: anything that failed on our side'],
]

/** The page docs/errors.md. @throws Error when a code is of a kind that has no exit code here */
export function renderErrorCodes(codes: Readonly<Record<string, ErrorExplanation>>): string {
  const strays = Object.keys(codes).filter(code => !KINDS.some(([kind]) => kind === kindOf(code)))
  if (strays.length > 0) throw new Error(`no exit code for ${strays.join(', ')}`)

  const sections = KINDS.map(([kind, exitCode, meaning]) => {
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
