import { answerAtOnce } from './answer-at-once.ts'

/** What the build knows of itself. */
export interface Build {
  /** Changes with each change of the program. */
  readonly id: string
  /** Name and version: `aloft/1.2.3`. */
  readonly product: string
  /** Where its files lie. */
  readonly directory: string
  readonly require: NodeJS.Require
}

/** Answers the command line, or loads what can. */
export async function start(argv: readonly string[], { directory, id, product, require }: Build): Promise<void> {
  if (answerAtOnce(argv, { pagesFile: `${directory}/help.txt`, product })) return
  const { runProgram } = await import('./run-program.ts')
  await runProgram(argv, { file: `${directory}/aloft.cjs`, id, require })
}
