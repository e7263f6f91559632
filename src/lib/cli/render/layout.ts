import { Chalk, type ChalkInstance } from 'chalk'
import type { Clock } from '../../core/clock.ts'
import type { Terminal } from '../terminal.ts'

/** What a renderer may know of where its text goes. */
export interface Layout {
  /** A person reads it: aligned columns and relative times; else tab-separated and exact. */
  readonly isTerminal: boolean
  /** The cursor may move and text may be more than it looks. */
  readonly animates: boolean
  readonly columns: number
  readonly paint: ChalkInstance
  /** Milliseconds since the epoch. */
  readonly now: number
}

interface Source {
  readonly terminal: Terminal
  readonly clock: Clock
}

export function layoutOfStdout({ clock, terminal }: Source): Layout {
  const { animates, columns, stdoutColours: level, stdoutIsTerminal: isTerminal } = terminal
  return { animates, columns, isTerminal, now: clock.now(), paint: new Chalk({ level }) }
}

export function layoutOfStderr({ clock, terminal }: Source): Layout {
  const { animates, columns, stderrColours: level, stderrIsTerminal: isTerminal } = terminal
  return { animates, columns, isTerminal, now: clock.now(), paint: new Chalk({ level }) }
}

/** The same place for a program: exact values, no colours. */
export function plainLayout(layout: Layout): Layout {
  return { ...layout, isTerminal: false, paint: new Chalk({ level: 0 }) }
}
