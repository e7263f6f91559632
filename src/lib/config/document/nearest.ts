import { nearestNames } from '../../core/nearest.ts'

/** The allowed word that was probably meant; undefined when none is near. */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  return nearestNames(word, allowed, 1)[0]
}

/** `; did you mean "x"?` or nothing. */
export function didYouMean(word: string, allowed: readonly string[]): string {
  const found = nearest(word, allowed)
  return found === undefined ? '' : `; did you mean "${found}"?`
}
