import { type ColourLevel, colourLevel, ownWords } from './colours.ts'

/** What we write to. In CI (`CI` set, but not to 0 or false) it is none, whatever the streams are. */
export interface Terminal {
  /** Somebody is there: all three streams are terminals. Only then may we ask or animate. */
  readonly interactive: boolean
  readonly stdinIsTerminal: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Moving the cursor works and is wanted (not so with TERM=dumb and `--accessible`). */
  readonly animates: boolean
  readonly stdoutColours: ColourLevel
  readonly stderrColours: ColourLevel
  readonly columns: number
  readonly rows: number
}

interface Output {
  readonly isTTY?: boolean
  readonly getColorDepth?: (environment: object) => number
}

interface Streams {
  readonly stdin: { readonly isTTY?: boolean }
  readonly stdout: Output & { readonly columns?: number; readonly rows?: number }
  readonly stderr: Output
}

/** How it was called. */
export interface Call {
  readonly argv: readonly string[]
  readonly environment: NodeJS.ProcessEnv
}

export function readTerminal({ stdin, stdout, stderr }: Streams, call: Call): Terminal {
  const { argv, environment } = call
  const isPerson = !isSet(environment['CI'])
  const stdinIsTerminal = isPerson && stdin.isTTY === true
  const stdoutIsTerminal = isPerson && stdout.isTTY === true
  const stderrIsTerminal = isPerson && stderr.isTTY === true
  const interactive = stdinIsTerminal && stdoutIsTerminal && stderrIsTerminal
  const isAccessible = ownWords(argv).includes('--accessible') || isSet(environment['ALOFT_ACCESSIBLE'])
  return {
    animates: interactive && !isAccessible && environment['TERM'] !== 'dumb',
    columns: stdout.columns ?? 80,
    interactive,
    rows: stdout.rows ?? 24,
    stderrColours: coloursOf(stderr, stderrIsTerminal, call),
    stderrIsTerminal,
    stdinIsTerminal,
    stdoutColours: coloursOf(stdout, stdoutIsTerminal, call),
    stdoutIsTerminal,
  }
}

function coloursOf(output: Output, isTerminal: boolean, call: Call): ColourLevel {
  const colourDepth = isTerminal ? output.getColorDepth?.(call.environment) : undefined
  return colourLevel({ colourDepth, isTerminal }, call)
}

/** The same streams, but nobody who answers or watches. */
export function withoutPerson(terminal: Terminal): Terminal {
  return { ...terminal, animates: false, interactive: false }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
