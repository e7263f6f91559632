import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const EVERY_BYTES = 4 * 1024 * 1024

let collect: NodeJS.GCFunction | undefined
let passed = 0

/**
 * To be told of the bytes of each chunk of a large stream. V8 collects by the size of its own heap, where a buffer of 64 KB
 * takes 100 bytes: 50 to 100 MB of them pile up before it does. After each few megabytes this asks it to, for some 0.4 ms.
 */
export function collectBuffers(bytes: number): void {
  passed += bytes
  if (passed < EVERY_BYTES) return
  passed = 0
  collect ??= findCollector()
  collect({ execution: 'sync', type: 'minor' })
}

/** The chunks of a large stream, of each of which the collector is told once it is used. */
export async function* collecting<T extends Uint8Array>(chunks: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    yield chunk
    collectBuffers(chunk.length)
  }
}

/** Only contexts that are made after the flag was set have it. The young generation, collected often, need not grow. */
function findCollector(): NodeJS.GCFunction {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
