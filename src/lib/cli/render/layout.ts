import { Chalk, chalkStderr, type ChalkInstance, default as chalkStdout } from 'chalk'
import type { Clock } from '../../core/clock.ts'
import { forcesColor } from '../force-color.ts'
import type { Terminal } from '../terminal.ts'

/** What a renderer may know of where its text goes. */
export interface Layout {
  /** A person reads it: aligned columns and relative times; else tab-separated and exact. */
  readonly isTerminal: boolean
  readonly columns: number
  readonly paint: ChalkInstance
  /** Milliseconds since the epoch. */
  readonly now: number
}

interface Source {
  readonly terminal: Terminal
  readonly clock: Clock
}

const plain = new Chalk({ level: 0 })

export function layoutOfStdout({ clock, terminal }: Source): Layout {
  const { columns, stdoutIsTerminal: isTerminal } = terminal
  return { columns, isTerminal, now: clock.now(), paint: isColoured(isTerminal) ? chalkStdout : plain }
}

export function layoutOfStderr({ clock, terminal }: Source): Layout {
  const { columns, stderrIsTerminal: isTerminal } = terminal
  return { columns, isTerminal, now: clock.now(), paint: isColoured(isTerminal) ? chalkStderr : plain }
}

/** The same place for a program: exact values, no colours. */
export function plainLayout(layout: Layout): Layout {
  return { ...layout, isTerminal: false, paint: plain }
}

/** chalk reads NO_COLOR, FORCE_COLOR and --no-color itself; we only keep it away from pipes. */
function isColoured(isTerminal: boolean): boolean {
  return isTerminal || forcesColor(process.env)
}
