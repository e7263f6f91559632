import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'
import { userDirectories } from '../completion/user-directories.ts'
import { readCode, writeCode } from './code-cache.ts'

export interface ProgramFile {
  readonly file: string
  /** Changes with each change of the file. */
  readonly id: string
  readonly require: NodeJS.Require
}

interface Module {
  exports: { readonly run?: (argv: readonly string[]) => Promise<void> }
}

/** What the text of the file evaluates to: a module in CommonJS. */
type Evaluate = (module: Module, require: NodeJS.Require, directory: string) => void

/**
 * Loads the program and runs it. V8 takes its code from a cache that an earlier run of the same command has left behind,
 * with the functions that were used. A cache that is not there, of another V8 or cannot be written changes nothing but
 * the time it takes.
 */
export async function runProgram(argv: readonly string[], { file, id, require }: ProgramFile): Promise<void> {
  const codeFile = codeFileOf(argv, id)
  const cachedData = readCode(codeFile)
  const script = new Script(readFileSync(file, 'latin1'), {
    ...(cachedData && { cachedData }),
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  const program: Module = { exports: {} }
  const evaluate: Evaluate = script.runInThisContext()
  evaluate(program, require, dirname(file))
  await program.exports.run?.(argv)
  if (cachedData !== undefined && script.cachedDataRejected !== true) return
  if ((process.exitCode ?? 0) === 0) writeCode(codeFile, script.createCachedData())
}

/** One for each first word: commands differ in what they use, and there are not many. */
function codeFileOf(argv: readonly string[], id: string): string {
  const word = argv[0] ?? ''
  const name = /^[a-z]+$/.test(word) ? word : 'other'
  const { arch, platform, versions } = process
  return join(userDirectories(process.env).cache, 'code', `${id}-${versions.v8}-${platform}-${arch}`, name)
}
