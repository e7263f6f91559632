import { answer } from '../completion/answer.ts'
import { writeBytes } from '../write-bytes.ts'

/** Prints what a shell may complete the words to. Never fails: a shell would show it in the middle of a line. */
export function complete(words: readonly string[]): void {
  try {
    writeBytes(1, Buffer.from(answer(words, process.env)))
  } catch {
    // the shell has gone
  }
}
