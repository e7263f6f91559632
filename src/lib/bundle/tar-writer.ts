import type { TarHead } from './tar-scanner.ts'

const BLOCK = 512
const NAME_BYTES = 100
/** What eleven octal digits cannot tell. */
const LARGE = 8 ** 11
const PAX = 'x'

/** What a tar ends with. */
export const TAR_END = Buffer.alloc(2 * BLOCK)

/** Header of an entry that belongs to nobody, with a record (pax) of what has no place in it. */
export function tarHeader(head: TarHead): Buffer {
  const { linkName, name, size } = head
  const records = [
    ...(fits(name) ? [] : [record('path', name)]),
    ...(fits(linkName) ? [] : [record('linkpath', linkName)]),
    ...(size < LARGE ? [] : [record('size', String(size))]),
    ...(Number.isInteger(Number(head.mtime)) ? [] : [record('mtime', head.mtime)]),
  ].join('')
  const own = block({ ...head, size: size < LARGE ? size : 0 })
  if (records === '') return own
  const bytes = Buffer.from(records, 'latin1')
  const told = block({ ...head, letter: PAX, linkName: '', mode: 0o644, name: 'PaxHeader', size: bytes.length })
  return Buffer.concat([told, bytes, tarPadding(bytes.length), own])
}

/** What fills the last block of so many bytes. */
export function tarPadding(bytes: number): Buffer {
  return TAR_END.subarray(0, (BLOCK - (bytes % BLOCK)) % BLOCK)
}

function block({ letter, linkName, mode, mtime, name, size }: Omit<TarHead, 'pax' | 'type'>): Buffer {
  const header = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, digits: number): void => {
    header.write(Math.max(0, value).toString(8).padStart(digits, '0'), at, digits, 'latin1')
  }
  header.write(name, 0, NAME_BYTES, 'latin1')
  octal(mode & 0o7777, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(Math.floor(Number(mtime)), 136, 11)
  header.write(`        ${letter}`, 148, 'latin1')
  header.write(linkName, 157, NAME_BYTES, 'latin1')
  header.write('ustar', 257, 'latin1')
  header.write('00', 263, 'latin1')
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  )
  header.writeUInt8(0, 154)
  return header
}

function fits(name: string): boolean {
  return name.length <= NAME_BYTES && !/[^\x20-\x7e]/.test(name)
}

/** `<length> <key>=<value>\n`: the length counts itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  const digits = String(rest.length + String(rest.length).length).length
  return `${rest.length + digits}${rest}`
}
