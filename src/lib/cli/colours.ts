/*
 * Which colours each stream gets, in one place and without a library, so that help can ask at once. The first that speaks decides:
 *
 * 1. `--no-color`: none
 * 2. `FORCE_COLOR` (https://force-color.org): 0 or false none, 2 for 256, 3 for all, anything else 16; as in Node, over NO_COLOR
 * 3. `NO_COLOR` (https://no-color.org), not empty: none
 * 4. `CLICOLOR_FORCE` (https://bixense.com/clicolors), neither empty nor 0: 16
 * 5. `CLICOLOR=0`, `TERM=dumb`: none
 * 6. the stream itself: none where it is no terminal, else as many as Node sees in it
 */

/** None, 16, 256 or 16 million colours. */
export type ColourLevel = 0 | 1 | 2 | 3

export interface ColourStream {
  readonly isTerminal: boolean
  /** Bits for each colour, as `tty.WriteStream` tells them. */
  readonly colourDepth?: number | undefined
}

export interface ColourChoice {
  readonly argv: readonly string[]
  readonly environment: NodeJS.ProcessEnv
}

export function colourLevel({ colourDepth = 4, isTerminal }: ColourStream, choice: ColourChoice): ColourLevel {
  return chosenLevel(choice) ?? (isTerminal ? levelOf(colourDepth) : 0)
}

/** What a person has chosen for every stream; undefined when each stream decides. */
function chosenLevel({ argv, environment }: ColourChoice): ColourLevel | undefined {
  if (ownWords(argv).includes('--no-color')) return 0
  const { CLICOLOR, CLICOLOR_FORCE, FORCE_COLOR, NO_COLOR, TERM } = environment
  if (FORCE_COLOR) return forcedLevel(FORCE_COLOR)
  if (NO_COLOR) return 0
  if (CLICOLOR_FORCE && CLICOLOR_FORCE !== '0') return 1
  return CLICOLOR === '0' || TERM === 'dumb' ? 0 : undefined
}

function forcedLevel(value: string): ColourLevel {
  if (value === '0' || value === 'false') return 0
  if (value === '2') return 2
  return value === '3' ? 3 : 1
}

function levelOf(depth: number): ColourLevel {
  if (depth >= 24) return 3
  if (depth >= 8) return 2
  return depth >= 4 ? 1 : 0
}

/** Libraries that draw on stderr look at the environment when they are loaded: before that they are told what holds. */
export function tellLibraries(stderrColours: ColourLevel): void {
  if (stderrColours > 0) return
  process.env['NO_COLOR'] = '1'
  delete process.env['FORCE_COLOR']
}

/** What is meant for aloft: up to `--`. */
export function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--')
  return end === -1 ? argv : argv.slice(0, end)
}
