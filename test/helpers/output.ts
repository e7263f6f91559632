import type { ChildProcess } from 'node:child_process'
import { until } from './until.ts'

/** What a running command prints, on both streams together, and how it ends. */
export function watchOutput(child: ChildProcess) {
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stdin?.end()
  return {
    exitCode: new Promise(resolve => child.once('close', resolve)),
    output: () => output,
    says: (text: string) => until(`the command says "${text}"`, () => output.includes(text), 30_000),
  }
}
