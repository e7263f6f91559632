/** Where a page of help goes. */
export interface PageStyle {
  /** Characters in a line. */
  readonly width: number
  readonly bold: (text: string) => string
}

const INDENT = 2
const GAP = 2
/** A name that is longer stands on a line of its own. */
const NAME_WIDTH = 28

export function heading(text: string, { bold }: PageStyle): string {
  return `${bold(text.toUpperCase())}\n`
}

/** Words that flow in lines. */
export function paragraph(text: string, { width }: PageStyle): string {
  return indent(wrap(text, width - INDENT), INDENT)
}

/** Lines as they are: examples. */
export function verbatim(...lines: readonly string[]): string {
  return indent(lines, INDENT)
}

/** Names, and beside each what it means. */
export function definitions(rows: readonly (readonly [name: string, meaning: string])[], { width }: PageStyle): string {
  const nameWidth = Math.min(NAME_WIDTH, Math.max(0, ...rows.map(([name]) => name.length)))
  const start = INDENT + nameWidth + GAP
  return rows
    .map(([name, meaning]) => {
      const [first = '', ...rest] = wrap(meaning, Math.max(20, width - start))
      const isLong = name.length > nameWidth
      const head = isLong ? `${name}\n${' '.repeat(start)}${first}` : `${name.padEnd(nameWidth + GAP)}${first}`
      return indent([head], INDENT) + indent(rest, start)
    })
    .join('')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

function indent(lines: readonly string[], by: number): string {
  return lines.map(line => `${' '.repeat(by)}${line}`.trimEnd() + '\n').join('')
}
