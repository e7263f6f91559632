import { fstatSync, readFileSync, statSync } from 'node:fs'
import { colourLevel } from '../colours.ts'
import { isPipeClosed } from '../pipe-closed.ts'
import { writeBytes } from '../write-bytes.ts'
import { findPage, USER_AGENT_MARK } from './help-pages.ts'

export interface Known {
  /** Name and version: `aloft/1.2.3`. */
  readonly product: string
  /** Where `npm run build` has put the pages of help. */
  readonly pagesFile: string
}

/**
 * Answers what was known when aloft was built, without loading the program: the version, and help where no terminal is.
 * False when the program has to be asked.
 */
export function answerAtOnce(argv: readonly string[], known: Known): boolean {
  const text = findAnswer(argv, known)
  if (text === undefined) return false
  try {
    writeBytes(1, Buffer.from(text))
  } catch (error) {
    // the program tells what is wrong with stdout
    if (!isPipeClosed(error)) return false
  }
  return true
}

function findAnswer(argv: readonly string[], { pagesFile, product }: Known): string | undefined {
  const userAgent = userAgentOf(product)
  if (userAgent === undefined) return undefined
  if (argv[0] === '--version') return `${userAgent}\n`
  const asksForHelp = argv.length === 0 || argv.at(-1) === '--help'
  if (!asksForHelp || isColoured(argv) || 'OCLIF_COLUMNS' in process.env || mayBeTerminal(1)) return undefined
  return findPage(readPages(pagesFile), argv.slice(0, -1).join(' '))?.replaceAll(USER_AGENT_MARK, userAgent)
}

/** As oclif makes it; undefined under WSL, which it looks for more closely. */
function userAgentOf(product: string): string | undefined {
  const { arch, env, platform, version } = process
  if ('WSL_DISTRO_NAME' in env || 'WSL_INTEROP' in env) return undefined
  return `${product} ${platform}-${arch === 'ia32' ? 'x86' : arch} node-${version}`
}

/** Everything but files, pipes and /dev/null: asking `node:tty` would load more than all of this. */
function mayBeTerminal(descriptor: number): boolean {
  try {
    const output = fstatSync(descriptor)
    return output.isCharacterDevice() && (output.rdev === 0 || output.rdev !== statSync('/dev/null').rdev)
  } catch {
    return true
  }
}

/** Where no terminal is. */
function isColoured(argv: readonly string[]): boolean {
  return colourLevel({ isTerminal: false }, { argv, environment: process.env }) > 0
}

function readPages(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0)
  }
}
