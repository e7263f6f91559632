import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { flagsOf } from '../start/shared-flags.ts'
import { candidatesAt, type Sources } from './candidates.ts'
import { readCommandLine } from './command-line.ts'
import type { CompletionData, StoredCompletionData } from './data.ts'
import { formatOffer, type Replaced, type Shell, SHELLS } from './format.ts'
import { refreshNames } from './refresh-names.ts'
import { splitShellWords } from './shell-words.ts'
import { readSurroundings } from './surroundings.ts'
import { userDirectories } from './user-directories.ts'

/** What completion reads and starts; tests bring their own. */
export interface AnswerOptions {
  readonly data?: CompletionData
  /** Where the command line is typed. */
  readonly directory?: string
  /** Fetches lists again, without waiting. */
  readonly refresh?: Sources['refresh']
}

/**
 * What `aloft __complete` prints: `bash LINE PART`, `powershell LINE`, `zsh WORD...` or `fish WORD...`, each up to the
 * cursor and without `aloft` itself for the last two. Reads small local files only and never throws: whatever goes wrong
 * gives nothing to offer.
 */
export function answer(
  words: readonly string[],
  environment: NodeJS.ProcessEnv,
  { data, directory = process.cwd(), refresh }: AnswerOptions = {},
): string {
  try {
    const [shell, ...typed] = words
    if (!isShell(shell)) return ''
    const { line, replaced } = readTyped(shell, typed)
    const root = findRoot(import.meta.dirname)
    const known = data ?? readData(root)
    const { config, names } = userDirectories(environment)
    const sources: Sources = {
      data: known,
      environment,
      namesDirectory: names,
      now: Date.now(),
      refresh: refresh ?? (request => refreshNames(request, { directory: names, environment, root })),
      surroundings: readSurroundings(directory, config),
    }
    return formatOffer(shell, candidatesAt(readCommandLine(line, known), sources), replaced)
  } catch {
    return ''
  }
}

interface Typed {
  readonly line: readonly string[]
  readonly replaced: Replaced
}

function readTyped(shell: Shell, typed: readonly string[]): Typed {
  if (shell === 'zsh' || shell === 'fish') {
    const word = typed.at(-1) ?? ''
    return { line: typed.length === 0 ? [''] : typed, replaced: { part: word, quote: '', word } }
  }
  const { quote, words } = splitShellWords(typed[0] ?? '', shell)
  const word = words.at(-1) ?? ''
  return { line: words.slice(1), replaced: { part: typed[1] ?? word, quote, word } }
}

function isShell(word: string | undefined): word is Shell {
  return SHELLS.some(shell => shell === word)
}

/** Made by `npm run build` from the manifest. */
function readData(root: string): CompletionData {
  const data: StoredCompletionData = JSON.parse(readFileSync(join(root, 'dist', 'completion.json'), 'utf8'))
  const commands = Object.entries(data.commands).map(([words, command]) => [
    words,
    { ...command, flags: flagsOf(data, command) },
  ])
  return { ...data, commands: Object.fromEntries(commands) }
}

/** The package's directory, from wherever the build has put this module. */
function findRoot(directory: string): string {
  const parent = dirname(directory)
  return existsSync(join(directory, 'package.json')) || parent === directory ? directory : findRoot(parent)
}
