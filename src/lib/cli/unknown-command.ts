import type { Interfaces } from '@oclif/core'
import { AppError } from '../core/errors.ts'
import { nearestNames } from '../core/nearest.ts'
import { documentFormatOf } from './output/choice.ts'
import type { Runtime } from './runtime.ts'

type Commands = Pick<Interfaces.Config, 'bin' | 'commands' | 'findTopic' | 'topics'>

/**
 * What to run instead of a command line whose first words are no command: the nearest one with the same arguments, when
 * there is somebody at the terminal who says yes to it.
 * @throws usage.command with the nearest names when there is not, usage.flag for a flag before the command
 */
export async function commandLineInstead(
  argv: readonly string[],
  config: Commands,
  runtime: Runtime,
): Promise<readonly string[]> {
  const { near, typed } = findNear(wordsOf(argv), config)
  const [nearest] = near
  if (nearest !== undefined && runtime.terminal.interactive && documentFormatOf(argv) === undefined) {
    const instead = [...nearest.split(' '), ...argv.slice(typed.length)]
    const question = `${typed.join(' ')} is not a command. Run \`${[config.bin, ...instead].join(' ')}\` instead?`
    if (await runtime.ask.confirm(question, new AbortController().signal)) return instead
  }
  throw unknownCommand(argv, config)
}

/** The error for words that name neither command nor topic. */
export function unknownCommand(argv: readonly string[], config: Commands): AppError {
  const [first = ''] = argv
  if (first.startsWith('-')) return flagBeforeCommand(first, config.bin)
  const { near, typed } = findNear(wordsOf(argv), config)
  return new AppError('usage.command', `${typed.join(' ')} is not a command of ${config.bin}`, {
    details: { nearest: near },
    suggestions: [...near.map(each => `${config.bin} ${each}`), `see \`${config.bin} help\``],
  })
}

function flagBeforeCommand(flag: string, bin: string): AppError {
  const nearest = nearestNames(flag.replace(/^-+/, ''), ['help', 'version']).map(name => `--${name}`)
  const end = nearest.length > 0 ? `; did you mean ${nearest.join(' or ')}?` : ': flags come after it'
  return new AppError('usage.flag', `${flag} stands before the command${end}`, {
    details: { given: flag, nearest },
    suggestions: [...nearest.map(each => `${bin} ${each}`), `${bin} COMMAND ${flag}`],
  })
}

/** The words before the first flag: a command's name is among them. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const end = argv.findIndex(word => word.startsWith('-'))
  return end === -1 ? argv : argv.slice(0, end)
}

interface Near {
  /** The words that were meant for a name. */
  readonly typed: readonly string[]
  readonly near: readonly string[]
}

/** Looks for names of as many words as possible: what follows a name are its arguments. */
function findNear(words: readonly string[], config: Commands): Near {
  const names = namesOf(config)
  for (let length = words.length; length > 0; length--) {
    const ofLength = names.filter(name => name.split(' ').length === length)
    const near = nearestNames(words.slice(0, length).join(' '), ofLength)
    if (near.length > 0) return { near, typed: words.slice(0, length) }
  }
  const isInTopic = config.findTopic(words[0] ?? '') !== undefined
  return { near: [], typed: words.slice(0, isInTopic ? 2 : 1) }
}

function namesOf({ commands, topics }: Commands): readonly string[] {
  const visible = commands.filter(({ hidden }) => !hidden)
  const ids = visible.flatMap(({ aliases, id }) => [id, ...aliases])
  return [...ids, ...topics.map(({ name }) => name)].map(id => id.replaceAll(':', ' '))
}
