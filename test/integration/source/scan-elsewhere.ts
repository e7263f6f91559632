import { fork } from 'node:child_process'
import * as z from 'zod/mini'

const result = z.object({ digest: z.string(), growthMiB: z.number() })

/** Scans a directory in a process of its own; says by how much its memory grew. */
export function scanElsewhere(directory: string): Promise<z.infer<typeof result>> {
  const child = fork(new URL('./scan-once.mjs', import.meta.url), [directory])
  return new Promise((resolve, reject) => {
    child.once('message', message => resolve(z.parse(result, message)))
    child.once('exit', code => reject(new Error(`the scan ended with ${code}`)))
  })
}
