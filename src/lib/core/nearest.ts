/**
 * How many letters have to be changed, added, left out or swapped with their neighbour to get from one word to the
 * other, whatever their case (the optimal string alignment distance).
 */
export function distance(a: string, b: string): number {
  const from = Array.from(a.toLowerCase())
  const to = Array.from(b.toLowerCase())
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (const [i, letter] of from.entries()) {
    const row = [i + 1]
    for (const [j, other] of to.entries()) {
      const changed = (last[j] ?? 0) + Number(letter !== other)
      const isSwapped = i > 0 && j > 0 && letter === to[j - 1] && from[i - 1] === other
      const swapped = isSwapped ? (beforeLast[j - 1] ?? 0) + 1 : Infinity
      row.push(Math.min(changed, swapped, (row[j] ?? 0) + 1, (last[j + 1] ?? 0) + 1))
    }
    beforeLast = last
    last = row
  }
  return last.at(-1) ?? 0
}

/** All names without repetitions, those first that are closest to `wanted`. */
export function byDistance(wanted: string, names: Iterable<string>): string[] {
  return [...new Set(names)]
    .map(name => ({ far: distance(wanted, name), name }))
    .toSorted((a, b) => a.far - b.far)
    .map(({ name }) => name)
}

/** Those of the names that may be meant, the closest first: a third of the letters wrong, or only the beginning typed. */
export function nearestNames(wanted: string, names: Iterable<string>, most = 3): string[] {
  const limit = Math.max(wanted.length > 3 ? 2 : 1, Math.floor(wanted.length / 3))
  const isNear = (name: string): boolean =>
    distance(wanted, name) <= limit || (wanted.length > 1 && name.toLowerCase().startsWith(wanted.toLowerCase()))
  return byDistance(wanted, names).filter(isNear).slice(0, most)
}
