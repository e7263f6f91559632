/** What we write to. In CI (`CI` set, but not to 0 or false) it is none, whatever the streams are. */
export interface Terminal {
  /** Somebody is there: all three streams are terminals. Only then may we ask or animate. */
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
  const isPerson = !isSet(environment['CI'])
  const stdinIsTerminal = isPerson && stdin.isTTY === true
  const stdoutIsTerminal = isPerson && stdout.isTTY === true
  const stderrIsTerminal = isPerson && stderr.isTTY === true
  const interactive = stdinIsTerminal && stdoutIsTerminal && stderrIsTerminal
  return {
    animates: interactive && environment['TERM'] !== 'dumb',
    columns: stdout.columns ?? 80,
    interactive,
    rows: stdout.rows ?? 24,
    stderrIsTerminal,
    stdinIsTerminal,
    stdoutIsTerminal,
  }
}

/** The same streams, but nobody who answers or watches. */
export function withoutPerson(terminal: Terminal): Terminal {
  return { ...terminal, animates: false, interactive: false }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
