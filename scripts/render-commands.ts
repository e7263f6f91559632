import { exitCodes } from '../src/lib/cli/exit-codes.ts'
import type { CommandClass, LoadedCommand } from './load-commands.ts'
import { schemaFileOf } from './render-schemas.ts'

type Flag = NonNullable<CommandClass['flags']>[string]
type Argument = CommandClass['args'][string]

/** `commands.snapshot.txt`: all that scripts may rely on, so that no change of it goes unseen. */
export function renderCommands(commands: readonly LoadedCommand[]): string {
  return `${HEADER}\n${commands.map(renderCommand).join('\n')}`
}

const HEADER = `Every command: arguments, flags (each has --json and --help too), exit codes and the schema of its --json.
Made by \`npm run docs\`; a test compares.
`

function renderCommand({ command, name }: LoadedCommand): string {
  const { aliases, args, baseFlags, examples, flags, hidden, strict } = command
  const facts = [
    ...(hidden ? ['hidden'] : []),
    ...aliases.map(alias => `alias ${alias.replaceAll(':', ' ')}`),
    ...Object.entries(args).map(renderArgument),
    ...(strict ? [] : ['more arguments']),
    ...Object.entries({ ...baseFlags, ...flags })
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(renderFlag),
    `examples ${examples.length}`,
    `exit codes ${exitCodesOf(command)}`,
    `schema schemas/${schemaFileOf(name)}`,
  ]
  return `${name}\n${facts.map(fact => `  ${fact}\n`).join('')}`
}

/** As numbers, smallest first; `any` where they are the remote's own. */
function exitCodesOf({ endsWith, endsWithRemote }: CommandClass): string {
  const failures = exitCodes.filter(each => 'kind' in each && endsWith.includes(each.kind)).map(({ code }) => code)
  return endsWithRemote ? `any; ${failures.join(' ')} on our side` : ['0', ...failures].join(' ')
}

function renderArgument([name, { default: value, options, required }]: [string, Argument]): string {
  return words('argument', name, required && 'required', options && `one of ${options.join('|')}`, defaultOf(value))
}

function renderFlag([name, flag]: [string, Flag]): string {
  const { char, default: value, env, exclusive, hidden, required } = flag
  return words(
    `--${flag.type === 'boolean' && flag.allowNo ? '[no-]' : ''}${name}`,
    char && `-${char}`,
    flag.type === 'option' && renderValue(flag),
    flag.type === 'option' && flag.multiple && 'again for more',
    required && 'required',
    hidden && 'hidden',
    defaultOf(value),
    env && `env ${env}`,
    exclusive && `not with ${exclusive.map(String).join(', ')}`,
  )
}

function renderValue({ helpValue, options, ...flag }: Extract<Flag, { type: 'option' }>): string {
  const { max, min } = { max: undefined, min: undefined, ...flag }
  const limits = [min === undefined ? '' : ` from ${String(min)}`, max === undefined ? '' : ` to ${String(max)}`]
  return `${options?.join('|') ?? helpValue?.toString() ?? 'VALUE'}${limits.join('')}`
}

function defaultOf(value: unknown): string | false {
  const isFixed = typeof value === 'string' || typeof value === 'number' || value === true
  return isFixed && `default ${value}`
}

function words(...parts: readonly (string | false | undefined | null)[]): string {
  return parts.filter(Boolean).join('  ')
}
