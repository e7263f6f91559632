import type { ByteInput, Reading } from './byte-input.ts'

/*
 * The structure of an RDB file (redis 7, rdb.h and rdb.c), as far as finding the end of each value takes it. Values are
 * skipped, never held.
 */

const MAGIC_BYTES = 9
const MAGIC = /^(?:REDIS|VALKEY)\d+$/

const OPCODES = {
  aux: 0xfa,
  database: 0xfe,
  end: 0xff,
  expiresMs: 0xfc,
  expiresSeconds: 0xfd,
  frequency: 0xf9,
  function: 0xf5,
  idle: 0xf8,
  moduleAux: 0xf7,
  sizes: 0xfb,
} as const

/** Steps of a value: `text` a string, a number so many bytes, `length` an encoded number. */
type Field = 'text' | 'length' | number

const SCORE_BYTES = 8
/** Types whose value is a number of equal elements. */
const SEQUENCES: ReadonlyMap<number, readonly Field[]> = new Map([
  [1, ['text']],
  [2, ['text']],
  [4, ['text', 'text']],
  [5, ['text', SCORE_BYTES]],
  [14, ['text']],
  [18, ['length', 'text']],
])
/** Types whose value is packed into one string. */
const PACKED: ReadonlySet<number> = new Set([0, 9, 10, 11, 12, 13, 16, 17, 20])
/** Streams: type -> generation of the format. */
const STREAMS: ReadonlyMap<number, 1 | 2 | 3> = new Map([
  [15, 1],
  [19, 2],
  [21, 3],
])
const MODULE = 7
const OLD_SORTED_SET = 3
const STREAM_ID_BYTES = 16
const TIME_BYTES = 8

/** Tells of each key. Returns whether the file was read to its end; false when it has something that is not known here. */
export function* readKeys(input: ByteInput, onKey: (database: number, expires: boolean) => void): Reading<boolean> {
  if (!MAGIC.test((yield* input.take(MAGIC_BYTES)).toString('latin1'))) return false
  let database = 0
  let expires = false
  for (;;) {
    const opcode = yield* input.byte()
    if (opcode === OPCODES.end) return true
    if (opcode === OPCODES.database) database = yield* readLength(input)
    else if (opcode === OPCODES.expiresMs || opcode === OPCODES.expiresSeconds) {
      expires = true
      yield* input.skip(opcode === OPCODES.expiresMs ? 8 : 4)
    } else if (!(yield* skipAbout(input, opcode))) {
      yield* skipText(input)
      if (!(yield* skipValue(input, opcode))) return false
      onKey(database, expires)
      expires = false
    }
  }
}

/** What stands between keys; false when it is the type of a key. */
function* skipAbout(input: ByteInput, opcode: number): Reading<boolean> {
  if (opcode === OPCODES.aux) yield* skipFields(input, ['text', 'text'])
  else if (opcode === OPCODES.sizes) yield* skipFields(input, ['length', 'length'])
  else if (opcode === OPCODES.frequency) yield* input.skip(1)
  else if (opcode === OPCODES.idle) yield* readLength(input)
  else if (opcode === OPCODES.function) yield* skipText(input)
  else if (opcode === OPCODES.moduleAux) yield* skipModule(input)
  else return false
  return true
}

function* skipValue(input: ByteInput, type: number): Reading<boolean> {
  const fields = SEQUENCES.get(type)
  const generation = STREAMS.get(type)
  if (PACKED.has(type)) yield* skipText(input)
  else if (fields) yield* skipMany(input, fields)
  else if (generation) yield* skipStream(input, generation)
  else if (type === MODULE) yield* skipModule(input)
  else if (type === OLD_SORTED_SET) yield* skipOldSortedSet(input)
  else return false
  return true
}

function* skipMany(input: ByteInput, fields: readonly Field[]): Reading<void> {
  for (let left = yield* readLength(input); left > 0; left--) yield* skipFields(input, fields)
}

function* skipFields(input: ByteInput, fields: readonly Field[]): Reading<void> {
  for (const field of fields) {
    if (field === 'text') yield* skipText(input)
    else if (field === 'length') yield* readLength(input)
    else yield* input.skip(field)
  }
}

/** Scores as text, with three lengths that stand for infinities and no number. */
function* skipOldSortedSet(input: ByteInput): Reading<void> {
  for (let left = yield* readLength(input); left > 0; left--) {
    yield* skipText(input)
    const length = yield* input.byte()
    if (length < 253) yield* input.skip(length)
  }
}

function* skipStream(input: ByteInput, generation: 1 | 2 | 3): Reading<void> {
  yield* skipMany(input, ['text', 'text'])
  yield* skipFields(input, ['length', 'length', 'length'])
  // the first id, the greatest deleted one, how many were added
  if (generation > 1) yield* skipFields(input, ['length', 'length', 'length', 'length', 'length'])
  for (let groups = yield* readLength(input); groups > 0; groups--) {
    yield* skipFields(input, generation > 1 ? ['text', 'length', 'length', 'length'] : ['text', 'length', 'length'])
    yield* skipMany(input, [STREAM_ID_BYTES, TIME_BYTES, 'length'])
    for (let consumers = yield* readLength(input); consumers > 0; consumers--) {
      yield* skipFields(input, generation > 2 ? ['text', TIME_BYTES, TIME_BYTES] : ['text', TIME_BYTES])
      yield* skipMany(input, [STREAM_ID_BYTES])
    }
  }
}

/** Values of a module name their kinds, so that they can be skipped without it: numbers, floats, strings, an end. */
function* skipModule(input: ByteInput): Reading<void> {
  yield* readLength(input)
  for (let kind = yield* readLength(input); kind !== 0; kind = yield* readLength(input)) {
    if (kind === 5) yield* skipText(input)
    else if (kind === 4) yield* input.skip(8)
    else if (kind === 3) yield* input.skip(4)
    else yield* readLength(input)
  }
}

const INTEGER_BYTES: readonly number[] = [1, 2, 4]
const COMPRESSED = 3

function* skipText(input: ByteInput): Reading<void> {
  const first = yield* input.byte()
  if (first >> 6 !== 3) return yield* input.skip(yield* lengthFrom(input, first))
  const bytes = (first & 0x3f) === COMPRESSED ? yield* compressedLength(input) : INTEGER_BYTES[first & 0x3f]
  yield* input.skip(bytes ?? 0)
}

function* compressedLength(input: ByteInput): Reading<number> {
  const length = yield* readLength(input)
  yield* readLength(input)
  return length
}

function* readLength(input: ByteInput): Reading<number> {
  return yield* lengthFrom(input, yield* input.byte())
}

function* lengthFrom(input: ByteInput, first: number): Reading<number> {
  const kind = first >> 6
  if (kind === 0) return first & 0x3f
  if (kind === 1) return ((first & 0x3f) << 8) | (yield* input.byte())
  return first === 0x81 ? Number((yield* input.take(8)).readBigUInt64BE(0)) : (yield* input.take(4)).readUInt32BE(0)
}
