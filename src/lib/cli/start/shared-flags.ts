/*
 * Most flags are those of many commands. In the files of `dist` each is kept once, and commands have the numbers of theirs:
 * what is read at each start is half as long.
 */

interface WithFlags<Flag> {
  readonly flags: readonly Flag[]
}

type Numbered<Command> = Omit<Command, 'flags'> & { readonly flags: readonly number[] }

export interface SharedFlags<Flag, Command> {
  readonly commands: Readonly<Record<string, Numbered<Command>>>
  readonly flags: readonly Flag[]
}

export function shareFlags<Flag, Command extends WithFlags<Flag>>(
  commands: Readonly<Record<string, Command>>,
): SharedFlags<Flag, Command> {
  const flags: Flag[] = []
  const numbers = new Map<string, number>()
  const numberOf = (flag: Flag): number => {
    const text = JSON.stringify(flag)
    const known = numbers.get(text)
    if (known !== undefined) return known
    numbers.set(text, flags.length)
    return flags.push(flag) - 1
  }
  const numbered = Object.entries(commands).map(([name, command]) => [
    name,
    { ...command, flags: command.flags.map(numberOf) },
  ])
  return { commands: Object.fromEntries(numbered), flags }
}

/** The flags of a command of `shareFlags`. */
export function flagsOf<Flag>(
  { flags }: { readonly flags: readonly Flag[] },
  command: { readonly flags: readonly number[] },
): Flag[] {
  return command.flags.flatMap(number => flags[number] ?? [])
}
