const BLOCK = 512
/** No entry has more bytes of names and attributes. */
const MAX_ATTRIBUTES = 4 * 1024 * 1024
const [ZERO, SPACE] = [0x30, 0x20]
const CHECKSUM = { at: 148, bytes: 8 }
/** What is told of an entry before its own header, by the letter of its type. */
const ATTRIBUTES = { global: 'g', linkName: 'K', name: 'L', pax: 'x' } as const

/** An entry of a tar. Names are its bytes, one character each (Latin-1): a tar knows no encoding. */
export interface TarHead {
  readonly name: string
  readonly linkName: string
  readonly size: number
  readonly type: 'directory' | 'file' | 'link' | 'other' | 'symlink'
  /** The letter that stands for the type. */
  readonly letter: string
  readonly mode: number
  /** Seconds, perhaps with a fraction. */
  readonly mtime: string
  /** Records of POSIX tars (pax), values as bytes like names. */
  readonly pax: ReadonlyMap<string, string>
}

/** What is told while a tar passes. */
export interface TarVisitor {
  entry(head: TarHead): void
  content?(bytes: Buffer): void
  /** The content of the last entry was all there. */
  entryEnd?(): void
}

/**
 * Reads a tar that passes, of POSIX (ustar, pax) or GNU, in pieces of any size. Beside a library's parser: it tells names by
 * their bytes also where pax records have them, and is told of bytes in place of pulling them.
 */
export class TarScanner {
  readonly #visitor: TarVisitor
  readonly #block = Buffer.alloc(BLOCK)
  #filled = 0
  #contentLeft = 0
  #paddingLeft = 0
  #attributes: { readonly letter: string; readonly pieces: Buffer[] } | undefined
  #told = { linkName: '', name: '', pax: new Map<string, string>() }

  constructor(visitor: TarVisitor) {
    this.#visitor = visitor
  }

  /** @throws an Error for what is no tar; what the visitor throws */
  write(chunk: Buffer): void {
    for (let at = 0; at < chunk.length;) at += this.#take(chunk.subarray(at))
  }

  /** @throws an Error when it was cut off */
  end(): void {
    if (this.#filled > 0 || this.#contentLeft > 0 || this.#paddingLeft > 0) throw new Error('Unexpected end of data')
  }

  /** Returns how many of the bytes it has read. */
  #take(bytes: Buffer): number {
    if (this.#contentLeft > 0) return this.#takeContent(bytes.subarray(0, this.#contentLeft))
    if (this.#paddingLeft > 0) {
      const skipped = Math.min(this.#paddingLeft, bytes.length)
      this.#paddingLeft -= skipped
      return skipped
    }
    const copied = bytes.copy(this.#block, this.#filled)
    this.#filled += copied
    if (this.#filled === BLOCK) {
      this.#filled = 0
      this.#begin(this.#block)
    }
    return copied
  }

  #takeContent(bytes: Buffer): number {
    this.#contentLeft -= bytes.length
    if (this.#attributes) this.#attributes.pieces.push(bytes)
    else this.#visitor.content?.(bytes)
    if (this.#contentLeft === 0) this.#endContent()
    return bytes.length
  }

  #begin(block: Buffer): void {
    if (block.every(byte => byte === 0)) return
    refuseUnlessHeader(block)
    const letter = String.fromCharCode(block[156] || ZERO)
    const size = numberAt(block, 124, 12)
    if (Object.values<string>(ATTRIBUTES).includes(letter)) {
      if (size > MAX_ATTRIBUTES) throw new Error('Invalid tar header: its names are too long')
      this.#attributes = { letter, pieces: [] }
      return this.#expect(size)
    }
    const head = toHead(block, this.#told)
    this.#told = { linkName: '', name: '', pax: new Map() }
    this.#visitor.entry(head)
    this.#expect(head.type === 'file' || head.type === 'other' ? head.size : 0)
  }

  #expect(bytes: number): void {
    this.#contentLeft = bytes
    this.#paddingLeft = (BLOCK - (bytes % BLOCK)) % BLOCK
    if (bytes === 0) this.#endContent()
  }

  #endContent(): void {
    if (!this.#attributes) return this.#visitor.entryEnd?.()
    const { letter, pieces } = this.#attributes
    this.#attributes = undefined
    const bytes = Buffer.concat(pieces)
    if (letter === ATTRIBUTES.name) this.#told.name = textAt(bytes, 0, bytes.length)
    else if (letter === ATTRIBUTES.linkName) this.#told.linkName = textAt(bytes, 0, bytes.length)
    else if (letter === ATTRIBUTES.pax) this.#told.pax = paxRecords(bytes)
    else if ([...paxRecords(bytes).keys()].some(key => key !== 'comment'))
      throw new Error('Invalid tar header: attributes of all entries are not read')
  }
}

function refuseUnlessHeader(block: Buffer): void {
  let sum = 0
  for (const [at, byte] of block.entries()) sum += at >= CHECKSUM.at && at < CHECKSUM.at + CHECKSUM.bytes ? SPACE : byte
  if (sum !== numberAt(block, CHECKSUM.at, CHECKSUM.bytes) || textAt(block, 257, 5) !== 'ustar')
    throw new Error('Invalid tar header')
}

interface Told {
  readonly linkName: string
  readonly name: string
  readonly pax: ReadonlyMap<string, string>
}

function toHead(block: Buffer, told: Told): TarHead {
  const { pax } = told
  const name = pax.get('path') ?? (told.name || nameOf(block))
  const given = String.fromCharCode(block[156] || ZERO)
  // as the oldest tars write them
  const letter = typeOf(given) === 'file' && name.endsWith('/') ? '5' : given
  return {
    letter,
    linkName: pax.get('linkpath') ?? (told.linkName || textAt(block, 157, 100)),
    mode: numberAt(block, 100, 8),
    mtime: pax.get('mtime') ?? String(numberAt(block, 136, 12)),
    name,
    pax,
    size: sizeOf(pax.get('size'), numberAt(block, 124, 12)),
    type: typeOf(letter),
  }
}

function typeOf(letter: string): TarHead['type'] {
  switch (letter) {
    case '0':
    case '7':
      return 'file'
    case '1':
      return 'link'
    case '2':
      return 'symlink'
    case '5':
      return 'directory'
    default:
      return 'other'
  }
}

/** POSIX has the first steps of a long name in a field of their own, GNU something else. */
function nameOf(block: Buffer): string {
  const [name, prefix] = [textAt(block, 0, 100), textAt(block, 345, 155)]
  return block[262] === 0 && prefix !== '' ? `${prefix}/${name}` : name
}

function textAt(bytes: Buffer, at: number, length: number): string {
  const field = bytes.subarray(at, at + length)
  const end = field.indexOf(0)
  return field.toString('latin1', 0, end === -1 ? field.length : end)
}

/** Octal digits, or a binary number behind a first byte of 0x80. */
function numberAt(block: Buffer, at: number, length: number): number {
  if (block[at] === 0x80) return Number(BigInt(`0x${block.toString('hex', at + 1, at + length)}`))
  return sizeOf(undefined, Number.parseInt(textAt(block, at, length).trim() || '0', 8))
}

function sizeOf(told: string | undefined, own: number): number {
  const size = told === undefined ? own : Number(told)
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('Invalid tar header: it has no size')
  return size
}

/** `<length> <key>=<value>\n`, the length of all of it. */
function paxRecords(bytes: Buffer): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < bytes.length;) {
    const [length] = /^\d+(?= )/.exec(bytes.toString('latin1', at, at + 20)) ?? []
    const record = bytes.toString('latin1', at, at + Number(length))
    const equals = record.indexOf('=')
    if (length === undefined || !record.endsWith('\n') || equals === -1)
      throw new Error('Invalid tar header: its attributes cannot be read')
    records.set(record.slice(length.length + 1, equals), record.slice(equals + 1, -1))
    at += record.length
  }
  return records
}
