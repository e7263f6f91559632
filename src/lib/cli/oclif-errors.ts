import { AppError, isAppError } from '../core/errors.ts'
import { nearestNames } from '../core/nearest.ts'

/** Which command refused its input. */
export interface Refusing {
  /** As people type it, `aloft` included. */
  readonly command: string
  /** Last words of the commands below it. */
  readonly subcommands?: readonly string[]
}

/** `--help` inside a command and `this.exit()`: not failures. */
export function exitStatusOf(error: unknown): number | undefined {
  return isRecord(error) && error['code'] === 'EEXIT' ? oclifExit(error) : undefined
}

/** oclif's own errors, told by shape (two copies of it may be loaded), as ours; anything else as it is. */
export function fromOclifError(error: unknown, refusing: Refusing): unknown {
  if (isAppError(error) || !(error instanceof Error) || oclifExit(error) === undefined) return error
  const message = error.message.replace(/\nSee more help with --help$/, '').replace(/^Parsing (--\S+) \n\t/, '$1: ')
  const { given, nearest, tries } = meant({ error, message, refusing })
  const end = nearest.length > 0 ? `; did you mean ${nearest.join(' or ')}?` : ''
  return new AppError('usage.flag', message + end, {
    cause: error,
    ...(given !== undefined && { details: { given, nearest } }),
    suggestions: [...tries, `see \`${refusing.command} --help\``],
  })
}

interface Meant {
  readonly given?: string | undefined
  /** What was probably meant, as it is typed. */
  readonly nearest: readonly string[]
  readonly tries: readonly string[]
}

interface Refused {
  readonly error: Error
  readonly message: string
  readonly refusing: Refusing
}

function meant({ error, message, refusing }: Refused): Meant {
  const unknownFlag = firstOf(error, 'flags')
  if (unknownFlag !== undefined) {
    const nearest = nearestNames(unknownFlag.replace(/^-+/, ''), flagNamesOf(error)).map(name => `--${name}`)
    return { given: unknownFlag, nearest, tries: nearest.map(flag => `${refusing.command} ${flag}`) }
  }
  const option = /^Expected (?:--(?<flag>\S+?)=)?(?<given>.*) to be one of: (?<valid>.*)$/s.exec(message)?.groups
  if (option) return meantOption(option, refusing)
  const argument = firstOf(error, 'args')
  if (argument === undefined) return { nearest: [], tries: [] }
  const nearest = nearestNames(argument, refusing.subcommands ?? [])
  return { given: argument, nearest, tries: nearest.map(word => `${refusing.command} ${word}`) }
}

function meantOption(
  { flag, given = '', valid = '' }: Readonly<Record<string, string | undefined>>,
  { command, subcommands = [] }: Refusing,
): Meant {
  const nearest = nearestNames(given, [...valid.split(', '), ...(flag === undefined ? subcommands : [])])
  return {
    given,
    nearest,
    tries: nearest.map(value => (flag === undefined ? `${command} ${value}` : `--${flag} ${value}`)),
  }
}

/** The first of the words that a parse error is about. */
function firstOf(error: unknown, key: 'flags' | 'args'): string | undefined {
  const list = isRecord(error) ? error[key] : undefined
  const first: unknown = Array.isArray(list) ? list[0] : undefined
  return typeof first === 'string' ? first : undefined
}

/** Names of the flags that the command has. */
function flagNamesOf(error: unknown): readonly string[] {
  const parse = isRecord(error) ? error['parse'] : undefined
  const input = isRecord(parse) ? parse['input'] : undefined
  const flags = isRecord(input) ? input['flags'] : undefined
  return isRecord(flags) ? Object.keys(flags) : []
}

function oclifExit(error: unknown): number | undefined {
  const oclif = isRecord(error) ? error['oclif'] : undefined
  const exit = isRecord(oclif) ? oclif['exit'] : undefined
  return typeof exit === 'number' ? exit : undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
