import { finished, Readable } from 'node:stream'

/** Longest time that a piece waits for others, ms. */
const WAIT_MS = 10

/**
 * What a stream gives in blocks of up to this size: passing something on costs so much a piece, not a byte. What comes slowly goes
 * on in smaller ones, hardly later than it came. Fails as the source does; the source is destroyed with it.
 */
export function inBlocks(source: Readable, size: number): Readable {
  let block = Buffer.allocUnsafeSlow(size)
  let begun = 0
  let filled = 0
  let timer: NodeJS.Timeout | undefined
  const blocks = new Readable({
    destroy(error, done) {
      clearTimeout(timer)
      source.destroy()
      done(error)
    },
    highWaterMark: size,
    read: () => void source.resume(),
  })
  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (filled > begun && !blocks.push(block.subarray(begun, filled))) source.pause()
    begun = filled
  }
  source.on('data', (chunk: Buffer) => {
    for (let from = 0; from < chunk.length;) {
      const copied = chunk.copy(block, filled, from)
      from += copied
      filled += copied
      if (filled < size) break
      flush()
      block = Buffer.allocUnsafeSlow(size)
      begun = 0
      filled = 0
    }
    if (filled > begun) timer ??= setTimeout(flush, WAIT_MS)
  })
  source.pause()
  finished(source, { writable: false }, error => {
    if (error) return void blocks.destroy(error)
    flush()
    blocks.push(null)
  })
  return blocks
}
