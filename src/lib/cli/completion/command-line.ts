import type { CommandData, CompletionData, FlagData } from './data.ts'

/** What the words before the cursor say about the one at it. */
export interface Position {
  /** The words that name a command or topic. */
  readonly path: readonly string[]
  readonly command: CommandData | undefined
  /** Nothing but the path so far: it may go on. */
  readonly isPath: boolean
  /** Values by flag; empty text for one that takes none. */
  readonly given: ReadonlyMap<string, readonly string[]>
  readonly positionals: readonly string[]
  /** The flag whose value is being typed. */
  readonly flag: FlagData | undefined
  /** What stands before the value in the same word: `--project=`. */
  readonly prefix: string
  /** After `--`, where no flag is ours. */
  readonly isAfterDashes: boolean
  readonly typed: string
}

/** Reads the words after `aloft`, the last of which is being typed and may be empty. */
export function readCommandLine(words: readonly string[], data: CompletionData): Position {
  const before = words.slice(0, -1)
  const typed = words.at(-1) ?? ''
  const path = pathOf(before, data)
  const command = data.commands[path.join(' ')]
  const rest = before.slice(path.length)
  const read = readRest(rest, command)
  const at = read.pending === undefined && !read.isAfterDashes ? flagWithValue(typed, command) : undefined
  return {
    command,
    flag: read.pending ?? at?.flag,
    given: read.given,
    isAfterDashes: read.isAfterDashes,
    isPath: rest.length === 0,
    path,
    positionals: read.positionals,
    prefix: at?.prefix ?? '',
    typed,
  }
}

function pathOf(words: readonly string[], data: CompletionData): readonly string[] {
  const ids = [...Object.keys(data.commands), ...Object.keys(data.topics)]
  let length = 0
  while (length < words.length) {
    const next = words.slice(0, length + 1).join(' ')
    if (!ids.some(id => id === next || id.startsWith(`${next} `))) break
    length++
  }
  return words.slice(0, length)
}

interface Read {
  readonly given: ReadonlyMap<string, readonly string[]>
  readonly positionals: readonly string[]
  readonly pending: FlagData | undefined
  readonly isAfterDashes: boolean
}

function readRest(words: readonly string[], command: CommandData | undefined): Read {
  const given = new Map<string, string[]>()
  let pending: FlagData | undefined
  const positionals: string[] = []
  const note = (flag: FlagData, value: string): void => {
    given.set(flag.value, [...(given.get(flag.value) ?? []), value])
  }
  const end = words.indexOf('--')
  for (const word of end === -1 ? words : words.slice(0, end)) {
    if (pending !== undefined) {
      note(pending, word)
      pending = undefined
    } else if (word.startsWith('-') && word !== '-') {
      const { flag, value } = readFlag(word, command)
      if (flag?.takesValue && value === undefined) pending = flag
      else if (flag) note(flag, value ?? '')
    } else positionals.push(word)
  }
  const after = end === -1 ? [] : words.slice(end + 1)
  return { given, isAfterDashes: end !== -1, pending, positionals: [...positionals, ...after] }
}

/** `--name`, `--name=value`, `-n`, `-nvalue`, `-n=value`. */
function readFlag(
  word: string,
  command: CommandData | undefined,
): { readonly flag: FlagData | undefined; readonly value?: string | undefined } {
  const flags = command?.flags ?? []
  if (word.startsWith('--')) {
    const [name = '', ...rest] = word.slice(2).split('=')
    const value = rest.length === 0 ? undefined : rest.join('=')
    return { flag: flags.find(each => each.value === name || `no-${each.value}` === name), value }
  }
  const flag = flags.find(({ char }) => char !== undefined && char === word.charAt(1))
  const value = word.slice(2).replace(/^=/, '')
  return { flag, value: flag?.takesValue && word.length > 2 ? value : undefined }
}

function flagWithValue(
  typed: string,
  command: CommandData | undefined,
): { readonly flag: FlagData; readonly prefix: string } | undefined {
  const equals = typed.indexOf('=')
  if (!typed.startsWith('--') || equals === -1) return undefined
  const { flag } = readFlag(typed, command)
  return flag?.takesValue ? { flag, prefix: typed.slice(0, equals + 1) } : undefined
}
