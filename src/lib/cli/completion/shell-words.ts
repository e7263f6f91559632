export interface ShellWords {
  readonly words: readonly string[]
  /** The quote that is open at the end. */
  readonly quote: string
}

/** A space, an escaped character, a text in quotes (closed or not), or plain text. */
const PIECES = {
  bash: /(?<space>\s+)|\\(?<escaped>[^])|'(?<single>[^']*)(?<singleEnd>'?)|"(?<double>(?:\\[^]|[^"\\])*)(?<doubleEnd>"?)|(?<plain>[^\s'"\\]+|\\)/g,
  powershell:
    /(?<space>\s+)|`(?<escaped>[^])|'(?<single>[^']*)(?<singleEnd>'?)|"(?<double>(?:`[^]|[^"`])*)(?<doubleEnd>"?)|(?<plain>[^\s'"`]+|`)/g,
}
const ESCAPES = { bash: /\\([^])/g, powershell: /`([^])/g }

/**
 * Splits a line as far as it is typed into words as the shell does, quotes and escapes resolved (but no expansion). The
 * last word is the one being typed, empty after a space.
 */
export function splitShellWords(line: string, shell: keyof typeof PIECES): ShellWords {
  const words = ['']
  let quote = ''
  for (const { groups = {} } of line.trimStart().matchAll(PIECES[shell])) {
    if (groups['space'] !== undefined) words.push('')
    else words.push((words.pop() ?? '') + textOf(groups, shell))
    quote = openQuote(groups)
  }
  return { quote, words }
}

type Groups = Readonly<Record<string, string | undefined>>

function textOf({ double, escaped, plain, single }: Groups, shell: keyof typeof PIECES): string {
  return double?.replaceAll(ESCAPES[shell], '$1') ?? escaped ?? single ?? plain ?? ''
}

function openQuote({ double, doubleEnd, single, singleEnd }: Groups): string {
  if (double !== undefined && doubleEnd === '') return '"'
  return single !== undefined && singleEnd === '' ? "'" : ''
}
