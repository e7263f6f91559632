import type { Config } from '@oclif/core'
import { AppError } from '../core/errors.ts'
import { nearestNames } from '../core/nearest.ts'
import { documentFormatOf } from './output/choice.ts'
import type { Runtime } from './runtime.ts'

export interface Unknown {
  /** What was taken for a command's name, with colons. */
  readonly id: string
  readonly argv: readonly string[]
}

/**
 * What to run instead of an unknown command: the nearest one with the same arguments, when there is somebody at the
 * terminal who says yes to it. @throws usage.command with the nearest names when there is not
 */
export async function commandInstead({ argv, id }: Unknown, config: Config, runtime: Runtime): Promise<string[]> {
  const near = nearestCommands(id, config)
  const [nearest] = near
  const typed = id.split(':')
  const isAtStart = typed.every((word, at) => argv[at] === word)
  if (nearest !== undefined && isAtStart && runtime.terminal.interactive && documentFormatOf(argv) === undefined) {
    const instead = [...nearest.split(' '), ...argv.slice(typed.length)]
    const question = `${typed.join(' ')} is not a command. Run \`${[config.bin, ...instead].join(' ')}\` instead?`
    if (await runtime.ask.confirm(question, new AbortController().signal)) return instead
  }
  throw new AppError('usage.command', `${typed.join(' ')} is not a command of ${config.bin}`, {
    details: { nearest: near },
    suggestions: [...near.map(each => `${config.bin} ${each}`), `see \`${config.bin} help\``],
  })
}

function nearestCommands(id: string, config: Config): readonly string[] {
  const commands = config.commands.filter(({ hidden }) => !hidden)
  const ids = commands.flatMap(({ aliases, id: each }) => [each, ...aliases])
  return nearestNames(id, ids).map(each => each.replaceAll(':', ' '))
}
