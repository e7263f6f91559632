import type { SharedFlags } from '../start/shared-flags.ts'
import type { Kind } from './kinds.ts'

/** A value with what it means. */
export interface Candidate {
  readonly value: string
  readonly description: string
}

export interface FlagData extends Candidate {
  /** The one letter after a single dash. */
  readonly char?: string
  readonly takesValue: boolean
  readonly multiple: boolean
  /** The environment variable that stands for it. */
  readonly env?: string
  readonly options?: readonly Candidate[]
  readonly kind?: Kind
}

export interface ArgumentData {
  readonly name: string
  readonly options?: readonly Candidate[]
  readonly kind?: Kind
  /** What the value goes on with, e.g. the `=` of KEY=VALUE. */
  readonly suffix?: string
}

export interface CommandData {
  readonly summary: string
  readonly flags: readonly FlagData[]
  readonly arguments: readonly ArgumentData[]
  /** The last argument may be given again. */
  readonly repeats: boolean
}

/** Everything that is known of the command line without asking anybody: made at build time, read at each TAB. */
export interface CompletionData {
  /** By words: `projects`, `projects create`; aliases are commands of their own. */
  readonly commands: Readonly<Record<string, CommandData>>
  readonly topics: Readonly<Record<string, string>>
  /** What `help` has beside commands. */
  readonly pages: readonly Candidate[]
}

/** As it lies in `dist`. */
export type StoredCompletionData = Omit<CompletionData, 'commands'> & SharedFlags<FlagData, CommandData>
