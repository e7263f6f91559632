import type { Position } from './command-line.ts'
import type { ArgumentData, Candidate, CommandData, CompletionData, FlagData } from './data.ts'
import type { Offer } from './format.ts'
import { type Kind, LIVE_KINDS, type LiveKind } from './kinds.ts'
import { readLiveNames } from './live-names.ts'
import type { RefreshRequest } from './refresh-names.ts'
import { accountOf, type Surroundings, textOf } from './surroundings.ts'

export interface Sources {
  readonly data: CompletionData
  readonly environment: NodeJS.ProcessEnv
  readonly surroundings: Surroundings
  /** Where lists of names are kept. */
  readonly namesDirectory: string
  readonly now: number
  /** Asks for lists that are missing or old; returns at once. */
  readonly refresh: (request: RefreshRequest) => void
}

/** What may stand at the cursor. */
export function candidatesAt(position: Position, sources: Sources): Offer {
  const { command, flag, isAfterDashes, isPath, prefix, typed } = position
  if (flag !== undefined) return withPrefix(valuesOf(flag, position, sources), prefix)
  if (typed.startsWith('-') && !isAfterDashes) return offer(flagsOf(command, position))
  const words = isPath ? nextWords(position.path, sources.data) : []
  const argument = command && argumentAt(command, position.positionals.length)
  if (argument !== undefined) return withWords(words, valuesOf(argument, position, sources))
  // nothing can stand here but a flag
  const isFlag = command !== undefined && words.length === 0 && typed === '' && !isAfterDashes
  return offer(isFlag ? flagsOf(command, position) : words)
}

function withWords(words: readonly Candidate[], values: Offer): Offer {
  return words.length === 0 ? values : offer([...words, ...values.candidates])
}

function offer(candidates: readonly Candidate[]): Offer {
  return { candidates, how: 'values' }
}

function withPrefix({ candidates, how }: Offer, prefix: string): Offer {
  return { candidates: candidates.map(each => ({ ...each, value: prefix + each.value })), how }
}

/** Names of commands and topics one word further. */
function nextWords(path: readonly string[], { commands, topics }: CompletionData): readonly Candidate[] {
  const found = new Map<string, string>()
  for (const id of [...Object.keys(topics), ...Object.keys(commands)]) {
    const words = id.split(' ')
    const next = words[path.length]
    if (next === undefined || path.some((word, at) => words[at] !== word)) continue
    const whole = [...path, next].join(' ')
    found.set(next, topics[whole] ?? commands[whole]?.summary ?? '')
  }
  return [...found]
    .map(([value, description]) => ({ description, value }))
    .toSorted((a, b) => compare(a.value, b.value))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

function argumentAt({ arguments: all, repeats }: CommandData, at: number): ArgumentData | undefined {
  return all[at] ?? (repeats ? all.at(-1) : undefined)
}

/** What a flag's name completes to: those that may still be given. */
function flagsOf(command: CommandData | undefined, { given, isPath, path }: Position): readonly Candidate[] {
  const everywhere: readonly Candidate[] = [
    { description: 'show help', value: '--help' },
    ...(path.length === 0 && isPath ? [{ description: 'show the version', value: '--version' }] : []),
  ]
  const own = (command?.flags ?? []).filter(({ multiple, value }) => multiple || !given.has(value))
  return [...own.map(({ description, value }) => ({ description, value: `--${value}` })), ...everywhere]
}

function valuesOf(what: FlagData | ArgumentData, position: Position, sources: Sources): Offer {
  if (what.options) return offer(what.options)
  const { kind } = what
  if (kind === undefined) return offer([])
  if (kind === 'directories' || kind === 'files') return { candidates: [], how: kind }
  const candidates = namesOf(kind, position, sources)
  const suffix = 'suffix' in what ? what.suffix : undefined
  if (suffix === undefined) return offer(candidates)
  return { candidates: candidates.map(each => ({ ...each, value: each.value + suffix })), how: 'nospace' }
}

function namesOf(kind: Kind, position: Position, sources: Sources): readonly Candidate[] {
  if (kind === 'accounts') {
    const accounts = sources.surroundings.accounts.map(({ name, provider }) => ({ description: provider, value: name }))
    return [{ description: 'the platform of this machine', value: 'local' }, ...accounts]
  }
  if (kind === 'commands') {
    const words = nextWords(position.positionals, sources.data)
    return position.positionals.length === 0 ? [...words, ...sources.data.pages] : words
  }
  return isLive(kind) ? liveNames(kind, position, sources) : []
}

function isLive(kind: Kind): kind is LiveKind {
  return LIVE_KINDS.some(live => live === kind)
}

function liveNames(kind: LiveKind, position: Position, sources: Sources): readonly Candidate[] {
  const place = placeOf(position, sources)
  const { candidates, isFresh } = readLiveNames(sources.namesDirectory, { kind, ...place }, sources.now)
  if (!isFresh) sources.refresh(place)
  return candidates
}

/** Which account, project and environment the command line is about: flags, then variables, then the link. */
function placeOf({ command, given }: Position, { environment, surroundings }: Sources): RefreshRequest {
  const flag = (name: string): string | undefined => {
    const variable = command?.flags.find(({ value }) => value === name)?.env
    return given.get(name)?.at(-1) ?? (variable === undefined ? undefined : textOf(environment[variable]))
  }
  const { link } = surroundings
  const project = flag('project') ?? textOf(link['project'])
  // the link's environment belongs to the link's project
  const linked = project === textOf(link['project']) ? textOf(link['environment']) : undefined
  return {
    account: accountOf({ account: flag('account'), provider: flag('provider') }, surroundings),
    environment: flag('environment') ?? linked,
    project,
  }
}
