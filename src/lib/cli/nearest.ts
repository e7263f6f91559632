import { distance } from 'fastest-levenshtein'

const MOST = 3

/** Up to three of the names that are close to `wanted`, the closest first. */
export function nearestNames(wanted: string, names: readonly string[]): string[] {
  const limit = Math.max(2, Math.floor(wanted.length / 3))
  return [...new Set(names)]
    .map(name => ({ far: distance(wanted, name), name }))
    .filter(({ far, name }) => far <= limit || name.startsWith(wanted))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, MOST)
    .map(({ name }) => name)
}
