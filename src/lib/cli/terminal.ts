/** What we write to. */
export interface Terminal {
  /** Somebody is there: all three streams are terminals and this is not CI. Only then may we ask or animate. */
  readonly interactive: boolean
  readonly stdinIsTerminal: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  /** Moving the cursor works (not so with TERM=dumb). */
  readonly animates: boolean
  readonly columns: number
  readonly rows: number
}

interface Streams {
  readonly stdin: { readonly isTTY?: boolean }
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }
  readonly stderr: { readonly isTTY?: boolean }
}

export function readTerminal({ stdin, stdout, stderr }: Streams, environment: NodeJS.ProcessEnv): Terminal {
  const all = isTerminal(stdin) && isTerminal(stdout) && isTerminal(stderr)
  const interactive = all && !isSet(environment['CI'])
  return {
    animates: interactive && environment['TERM'] !== 'dumb',
    columns: stdout.columns ?? 80,
    interactive,
    rows: stdout.rows ?? 24,
    stderrIsTerminal: isTerminal(stderr),
    stdinIsTerminal: isTerminal(stdin),
    stdoutIsTerminal: isTerminal(stdout),
  }
}

/** The same streams, but nobody who answers or watches. */
export function withoutPerson(terminal: Terminal): Terminal {
  return { ...terminal, animates: false, interactive: false }
}

function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
