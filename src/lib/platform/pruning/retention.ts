/** What of stored things must stay. */
export interface Retention {
  /** Whether something refers to the one of this id; asked at the moment of its removal. */
  readonly isKept: (id: string) => boolean
  /** What was used at or after this time stays too, ms since the epoch: something may be about to refer to it. */
  readonly usedSince: number
}
