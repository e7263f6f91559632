import { closest, distance } from 'fastest-levenshtein'

/** The allowed word that was probably meant; undefined when none is near. */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  if (allowed.length === 0) return undefined
  const found = closest(word, allowed)
  return distance(word.toLowerCase(), found.toLowerCase()) <= tolerance(word, found) ? found : undefined
}

/** Two swapped letters count as two edits: allowed for where at least the beginning is the same. */
function tolerance(word: string, found: string): number {
  const usual = Math.max(1, Math.floor(word.length / 3))
  return word.length > 2 && word.charAt(0) === found.charAt(0) ? Math.max(2, usual) : usual
}

/** `; did you mean "x"?` or nothing. */
export function didYouMean(word: string, allowed: readonly string[]): string {
  const found = nearest(word, allowed)
  return found === undefined ? '' : `; did you mean "${found}"?`
}
