/** Stands in a page for what is known only when it is shown: platform and version of Node. */
export const USER_AGENT_MARK = '\0user-agent\0'

/** Words on the command line that ask for a page, joined by spaces, and where its bytes lie. */
type Index = Readonly<Record<string, readonly [start: number, end: number] | undefined>>

/** One file of all pages: a line of JSON that says where each one lies, then their texts. */
export function packPages(pages: ReadonlyMap<string, string>): Buffer {
  const texts = new Map<string, number>()
  let size = 0
  const index = Object.fromEntries(
    [...pages].map(([words, text]) => {
      const start = texts.get(text) ?? size
      const end = start + Buffer.byteLength(text)
      if (!texts.has(text)) {
        texts.set(text, start)
        size = end
      }
      return [words, [start, end]]
    }),
  )
  return Buffer.from(`${JSON.stringify(index)}\n${[...texts.keys()].join('')}`)
}

/** The page for these words, undefined when it has to be made. */
export function findPage(file: Buffer, words: string): string | undefined {
  const body = file.indexOf('\n') + 1
  const index: Index = JSON.parse(file.toString('latin1', 0, body))
  const place = index[words]
  return place && file.toString('utf8', body + place[0], body + place[1])
}
