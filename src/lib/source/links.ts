/** Linux gives up after this many (path_resolution(7)). */
const MAX_HOPS = 40

/**
 * Where a path inside a tree leads once links are followed, as a path relative to its root; undefined when it leaves the
 * root, or goes round in circles. What it leads to need not exist. `links`: path -> target of all links of the tree.
 */
export function resolveInTree(path: string, links: ReadonlyMap<string, string>): string | undefined {
  const walked = walk(path, links)
  return typeof walked === 'string' ? walked : undefined
}

/** True when the link at `path` leads outside of the tree's root, be it by way of other links. */
export function linkLeavesTree(path: string, links: ReadonlyMap<string, string>): boolean {
  return walk(path, links) === LEAVES
}

const LEAVES = Symbol('leaves the tree')

function walk(path: string, links: ReadonlyMap<string, string>): string | typeof LEAVES | undefined {
  const done: string[] = []
  const rest = path.split('/').toReversed()
  let hops = 0
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (done.pop() === undefined) return LEAVES
      continue
    }
    done.push(name)
    const target = links.get(done.join('/'))
    if (target === undefined) continue
    if (target.startsWith('/')) return LEAVES
    if (++hops > MAX_HOPS) return undefined
    done.pop()
    rest.push(...target.split('/').toReversed())
  }
  return done.join('/')
}
