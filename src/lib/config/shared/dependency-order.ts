/** Names in the order of their dependencies (otherwise as given), or the cycle that prevents it: `a, b, a`. */
export function dependencyOrder(
  dependencies: ReadonlyMap<string, readonly string[]>,
): { readonly order: readonly string[] } | { readonly cycle: readonly string[] } {
  const order = new Set<string>()
  const path: string[] = []
  const visit = (name: string): readonly string[] | undefined => {
    if (order.has(name) || !dependencies.has(name)) return undefined
    const start = path.indexOf(name)
    if (start !== -1) return [...path.slice(start), name]
    path.push(name)
    for (const dependency of dependencies.get(name) ?? []) {
      const cycle = visit(dependency)
      if (cycle) return cycle
    }
    path.pop()
    order.add(name)
    return undefined
  }
  for (const name of dependencies.keys()) {
    const cycle = visit(name)
    if (cycle) return { cycle }
  }
  return { order: [...order] }
}
