import type { Candidate } from './data.ts'

export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const
export type Shell = (typeof SHELLS)[number]

/** What the shell is to do: offer the values (without a space after one), or complete paths by itself. */
export interface Offer {
  readonly how: 'values' | 'nospace' | 'directories' | 'files'
  readonly candidates: readonly Candidate[]
}

export interface Replaced {
  /** The word as typed, quotes resolved. */
  readonly word: string
  /** The part of it that bash replaces. */
  readonly part: string
  /** The quote that is open. */
  readonly quote: string
}

const PLAIN = /^[\w@%+=:,./-]*$/

/** The text that the shell's script reads: how to go on in the first line, a candidate in each other. */
export function formatOffer(shell: Shell, { candidates, how }: Offer, replaced: Replaced): string {
  return [how, ...candidates.flatMap(each => formatCandidate(shell, each, replaced))].map(line => `${line}\n`).join('')
}

function formatCandidate(shell: Shell, { description, value }: Candidate, replaced: Replaced): readonly string[] {
  // zsh and fish match by the user's own rules
  const isFiltered = shell === 'bash' || shell === 'powershell'
  if (isFiltered && !value.startsWith(replaced.word)) return []
  switch (shell) {
    case 'bash':
      return [bashText(value, replaced)]
    case 'zsh':
      return [value.replaceAll(/[\\:]/g, String.raw`\$&`) + (description && `:${description}`)]
    case 'fish':
      return [`${value}\t${description}`]
    case 'powershell':
      return [`${PLAIN.test(value) ? value : `'${value.replaceAll("'", "''")}'`}\t${value}\t${description || value}`]
  }
}

/** bash replaces only what follows the last of its word breaks, and inserts what it gets as it is. */
function bashText(value: string, { part, quote, word }: Replaced): string {
  const rest = word.endsWith(part) ? value.slice(word.length - part.length) : value
  return quote !== '' || PLAIN.test(rest) ? rest : rest.replaceAll(/[^\w@%+=:,./-]/g, String.raw`\$&`)
}
