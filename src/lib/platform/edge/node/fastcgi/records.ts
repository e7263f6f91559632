/* Records of FastCGI 1.0: fastcgi-archives.github.io/FastCGI_Specification.html, sections 3.3, 3.4, 5 and 8. */

const VERSION = 1
const HEADER_BYTES = 8
const RESPONDER = 1
/** One request per connection: its number does not matter. */
const REQUEST_ID = 1
const MAX_CONTENT = 65_535

export const RECORD = { begin: 1, end: 3, params: 4, stdin: 5, stdout: 6, stderr: 7 } as const

export interface FastcgiRecord {
  readonly type: number
  readonly content: Buffer
}

/** Begins a request that closes the connection when it is over. */
export function beginRequest(params: Readonly<Record<string, string>>): Buffer {
  const begin = record(RECORD.begin, Buffer.from([0, RESPONDER, 0, 0, 0, 0, 0, 0]))
  const pairs = Buffer.concat(Object.entries(params).map(([name, value]) => pair(name, value)))
  return Buffer.concat([begin, ...records(RECORD.params, pairs), record(RECORD.params, Buffer.alloc(0))])
}

/** A part of the body; an empty one ends it. */
export function stdin(chunk: Buffer): Buffer {
  return chunk.length === 0 ? record(RECORD.stdin, chunk) : Buffer.concat(records(RECORD.stdin, chunk))
}

/** Cuts a stream of bytes into records, whatever the pieces it comes in. */
export function recordReader(): (chunk: Buffer) => FastcgiRecord[] {
  let rest: Buffer = Buffer.alloc(0)
  return chunk => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const found: FastcgiRecord[] = []
    while (rest.length >= HEADER_BYTES) {
      const contentLength = rest.readUInt16BE(4)
      const end = HEADER_BYTES + contentLength
      const next = end + rest.readUInt8(6)
      if (rest.length < next) break
      found.push({ content: rest.subarray(HEADER_BYTES, end), type: rest.readUInt8(1) })
      rest = rest.subarray(next)
    }
    return found
  }
}

function records(type: number, content: Buffer): Buffer[] {
  const parts: Buffer[] = []
  for (let offset = 0; offset < content.length; offset += MAX_CONTENT)
    parts.push(record(type, content.subarray(offset, offset + MAX_CONTENT)))
  return parts
}

function record(type: number, content: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeUInt8(VERSION, 0)
  header.writeUInt8(type, 1)
  header.writeUInt16BE(REQUEST_ID, 2)
  header.writeUInt16BE(content.length, 4)
  return Buffer.concat([header, content])
}

function pair(name: string, value: string): Buffer {
  const [nameBytes, valueBytes] = [Buffer.from(name), Buffer.from(value, 'latin1')]
  return Buffer.concat([length(nameBytes.length), length(valueBytes.length), nameBytes, valueBytes])
}

function length(bytes: number): Buffer {
  if (bytes < 128) return Buffer.from([bytes])
  const long = Buffer.alloc(4)
  long.writeUInt32BE(bytes + 0x80_00_00_00)
  return long
}
