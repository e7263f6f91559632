export interface SeenCommand {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly data: string
}

const KNOWN = new Set(['add-mask', 'debug', 'endgroup', 'error', 'group', 'notice', 'stop-commands', 'warning'])

/**
 * What the runner of GitHub Actions does with the output of a step, as its source has it: a line that begins with `::` is a
 * command, an older form may stand anywhere in a line, and between `stop-commands` and its word nothing is one.
 */
export function readAsRunner(output: string): SeenCommand[] {
  const seen: SeenCommand[] = []
  let resume: string | undefined
  for (const line of output.split('\n')) {
    const command = parse(line, new Set([...KNOWN, ...(resume === undefined ? [] : [resume])]))
    if (!command) continue
    if (resume !== undefined) {
      if (command.name === resume) resume = undefined
      continue
    }
    if (command.name === 'stop-commands') resume = command.data
    else seen.push(command)
  }
  return seen
}

function parse(line: string, names: ReadonlySet<string>): SeenCommand | undefined {
  const [, head, data] = /^\s*::(.*?)::(.*)$/.exec(line) ?? /##\[(.*?)\](.*)$/.exec(line) ?? []
  if (head === undefined || data === undefined) return undefined
  const [name = '', ...rest] = head.split(' ')
  if (!names.has(name)) return undefined
  const pairs = rest
    .join(' ')
    .split(',')
    .map(pair => pair.split(/=(.*)/s))
    .filter(pair => pair.length > 1)
    .map(([key = '', value = '']) => [key, unescape(value)] as const)
  return { data: unescape(data), name, properties: Object.fromEntries(pairs) }
}

function unescape(text: string): string {
  return text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')
}
