import type { FileHandle } from 'node:fs/promises'

export const BLOCK_BYTES = 65_536
/** Longer than any line a writer makes: 64 KiB of message, each byte escaped. */
const LONGEST_LINE = 1_048_576
const NEWLINE = 10

/** Whole lines from an offset, about 64 KiB of them; undefined when there is none (yet). The buffer is the caller's. */
export async function readWholeLines(file: FileHandle, offset: number): Promise<Buffer | undefined> {
  for (let length = BLOCK_BYTES; ; length *= 4) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, offset)
    const end = buffer.lastIndexOf(NEWLINE, bytesRead - 1) + 1
    if (bytesRead > 0 && end > 0) return buffer.subarray(0, end)
    if (bytesRead < length || length > LONGEST_LINE) return undefined
  }
}

/** Whether a line, as latin1 text without its newline, lies at or behind the place looked for; undefined: it cannot say. */
export type Reached = (line: string) => boolean | undefined

/** Offset of the first line that has reached the place, the file's end when none has. Lines must be in order. */
export async function findLine(file: FileHandle, reached: Reached): Promise<number> {
  let low = 0
  let high = (await file.stat()).size
  while (high - low > BLOCK_BYTES) {
    const middle = low + Math.floor((high - low) / 2)
    const probe = await firstVerdict(file, middle, reached)
    if (probe === undefined || probe.offset >= high || probe.reached) high = middle
    else low = probe.offset
  }
  return scanForward(file, low, reached)
}

async function scanForward(file: FileHandle, from: number, reached: Reached): Promise<number> {
  let offset = from
  for (;;) {
    const block = await readWholeLines(file, offset)
    if (block === undefined) return offset
    for (const { end, start } of linesOf(block)) {
      if (reached(block.toString('latin1', start, end)) === true) return offset + start
    }
    offset += block.length
  }
}

/** The verdict of the first line behind `from` (which may lie inside a line) that can say. */
async function firstVerdict(
  file: FileHandle,
  from: number,
  reached: Reached,
): Promise<{ readonly offset: number; readonly reached: boolean } | undefined> {
  let offset = from
  let block = await readWholeLines(file, offset)
  let skipped = false
  while (block !== undefined) {
    for (const { end, start } of linesOf(block)) {
      const verdict = skipped ? reached(block.toString('latin1', start, end)) : undefined
      if (verdict !== undefined) return { offset: offset + start, reached: verdict }
      skipped = true
    }
    offset += block.length
    block = await readWholeLines(file, offset)
  }
  return undefined
}

/** The ranges of the lines of a block that ends with a newline. */
export function* linesOf(block: Buffer): Generator<{ readonly start: number; readonly end: number }> {
  for (let start = 0; start < block.length;) {
    const end = block.indexOf(NEWLINE, start)
    if (end === -1) return
    yield { start, end }
    start = end + 1
  }
}
