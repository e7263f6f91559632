/** Where something stands: line and column from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** A parsed YAML or JSON value that remembers where each part of it stands, over included and merged files. */
export type ConfigNode = MapNode | ListNode | ScalarNode

interface MapNode {
  readonly kind: 'map'
  readonly at: Place
  readonly entries: ReadonlyMap<string, MapEntry>
}

export interface MapEntry {
  readonly key: Place
  readonly value: ConfigNode
}

interface ListNode {
  readonly kind: 'list'
  readonly at: Place
  readonly items: readonly ConfigNode[]
}

interface ScalarNode {
  readonly kind: 'scalar'
  readonly at: Place
  readonly value: string | number | boolean | null
}

export type Path = readonly (string | number)[]

/** The plain value. Parts that aliases share are shared in the value too. */
export function toValue(node: ConfigNode, known: Map<ConfigNode, unknown> = new Map()): unknown {
  if (node.kind === 'scalar') return node.value
  if (known.has(node)) return known.get(node)
  const value =
    node.kind === 'list'
      ? node.items.map(item => toValue(item, known))
      : Object.fromEntries([...node.entries].map(([key, entry]) => [key, toValue(entry.value, known)]))
  known.set(node, value)
  return value
}

/** How many values there are when shared parts are counted each time. */
export function expandedSize(node: ConfigNode, known: Map<ConfigNode, number> = new Map()): number {
  const counted = known.get(node)
  if (counted !== undefined) return counted
  const size = childNodes(node).reduce((sum, child) => sum + expandedSize(child, known), 1)
  known.set(node, size)
  return size
}

function childNodes(node: ConfigNode): readonly ConfigNode[] {
  if (node.kind === 'list') return node.items
  return node.kind === 'map' ? [...node.entries.values()].map(({ value }) => value) : []
}

function childNode(node: ConfigNode | undefined, key: string | number): ConfigNode | undefined {
  if (node?.kind === 'map') return node.entries.get(String(key))?.value
  return node?.kind === 'list' ? node.items[Number(key)] : undefined
}

export function nodeAt(node: ConfigNode, path: Path): ConfigNode | undefined {
  return path.reduce<ConfigNode | undefined>(childNode, node)
}

/** Where the key at `path` stands, or the nearest part around it that is there. */
export function placeOf(node: ConfigNode, path: Path): Place {
  let place = node.at
  let current: ConfigNode | undefined = node
  for (const key of path) {
    const entry: MapEntry | undefined = current?.kind === 'map' ? current.entries.get(String(key)) : undefined
    current = childNode(current, key)
    if (!current) return place
    place = entry?.key ?? current.at
  }
  return place
}

/** Maps are merged key by key; lists and single values of `over` replace those of `base` whole. */
export function mergeNodes(base: ConfigNode, over: ConfigNode): ConfigNode {
  if (base.kind !== 'map' || over.kind !== 'map') return over
  const entries = new Map(base.entries)
  for (const [key, entry] of over.entries) {
    const below = entries.get(key)
    entries.set(key, below ? { key: entry.key, value: mergeNodes(below.value, entry.value) } : entry)
  }
  return { at: base.at, entries, kind: 'map' }
}

/** A map without these keys. */
export function withoutKeys(node: ConfigNode, keys: readonly string[]): ConfigNode {
  if (node.kind !== 'map') return node
  return { ...node, entries: new Map([...node.entries].filter(([key]) => !keys.includes(key))) }
}

/** `web.locations["/"].passthru`, `crons[0]`. */
export function formatPath(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`
      return index === 0 ? key : `.${key}`
    })
    .join('')
}
