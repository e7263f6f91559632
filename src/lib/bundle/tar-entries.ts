import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, type Header } from 'tar-stream'

export interface TarEntry {
  readonly header: Header
  /** To be read to its end, or left: then it is passed over. */
  readonly content: Readable
}

/** The package's types do not know `filenameEncoding` yet. */
const OPTIONS = { filenameEncoding: 'latin1', highWaterMark: 256 * 1024 }

/**
 * The entries of a tar, in order. Names are its bytes, one character each (Latin-1), as tars know no encoding. Ends after the
 * last entry and all that follows it.
 * @throws what the source throws; an Error of the parser for what is no tar, or one that is cut off
 */
export async function* tarEntries(source: Readable): AsyncGenerator<TarEntry> {
  const parser = extract(OPTIONS)
  const feeding = pipeline(source, parser)
  // its failure reaches the reader through the parser; what is left is that of a reader who stops early
  feeding.catch(() => undefined)
  for await (const entry of parser) yield { content: Readable.from(entry), header: entry.header }
  await feeding
}
