import { finished, Readable } from 'node:stream'

/**
 * What a stream gives in blocks of this size, the last one shorter: passing something on costs so much a piece, not a byte.
 * Fails as the source does; the source is destroyed with it.
 */
export function inBlocks(source: Readable, size: number): Readable {
  let block = Buffer.allocUnsafeSlow(size)
  let filled = 0
  const blocks = new Readable({
    destroy(error, done) {
      source.destroy()
      done(error)
    },
    highWaterMark: size,
    read: () => void source.resume(),
  })
  source.on('data', (chunk: Buffer) => {
    for (let from = 0; from < chunk.length;) {
      const copied = chunk.copy(block, filled, from)
      from += copied
      filled += copied
      if (filled < size) return
      if (!blocks.push(block)) source.pause()
      block = Buffer.allocUnsafeSlow(size)
      filled = 0
    }
  })
  source.pause()
  finished(source, { writable: false }, error => {
    if (!error && filled > 0) blocks.push(block.subarray(0, filled))
    if (error) blocks.destroy(error)
    else blocks.push(null)
  })
  return blocks
}
