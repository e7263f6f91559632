import { linkLeavesTree } from './links.ts'
import { comparePaths, type LinkEntry, type TreeEntry } from './tree.ts'

/** Bytes; the limits of Linux (limits.h: PATH_MAX, NAME_MAX). */
const MAX_PATH = 4095
const MAX_NAME = 255

/** What is wrong with a list of entries as a tree; undefined when nothing is. Sorted, no duplicates, nothing below a file or link. */
export function treeProblem(entries: readonly TreeEntry[]): string | undefined {
  const links = new Map<string, string>()
  const leaves = new Set<string>()
  let previous = ''
  for (const entry of entries) {
    const problem = pathProblem(entry.path)
    if (problem !== undefined) return `has the path ${JSON.stringify(entry.path)}, which ${problem}`
    if (comparePaths(previous, entry.path) >= 0) return `is not in order, or has twice: ${JSON.stringify(entry.path)}`
    previous = entry.path
    leaves.add(entry.path)
    if (entry.kind === 'symlink') links.set(entry.path, entry.target)
    else if (!Number.isSafeInteger(entry.size)) return `has a size out of range: ${JSON.stringify(entry.path)}`
  }
  return nestingProblem(entries, leaves) ?? linksProblem(entries, links)
}

function nestingProblem(entries: readonly TreeEntry[], leaves: ReadonlySet<string>): string | undefined {
  const directories = new Set<string>([''])
  for (const { path } of entries) {
    for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
      const directory = path.slice(0, end)
      if (directories.has(directory)) break
      if (leaves.has(directory)) return `has ${JSON.stringify(path)} below what is no directory`
      directories.add(directory)
    }
  }
  return undefined
}

function linksProblem(entries: readonly TreeEntry[], links: ReadonlyMap<string, string>): string | undefined {
  const bad = entries.find(
    (entry): entry is LinkEntry => entry.kind === 'symlink' && linkProblem(entry, links) !== undefined,
  )
  return bad && `has the symbolic link ${JSON.stringify(bad.path)}, which ${linkProblem(bad, links)}`
}

/** Why a symbolic link may not be part of a tree whose links are `links` (path -> target); undefined when it may. */
export function linkProblem({ path, target }: LinkEntry, links: ReadonlyMap<string, string>): string | undefined {
  if (target === '' || target.includes('\0') || !target.isWellFormed() || Buffer.byteLength(target) > MAX_PATH)
    return 'has no valid target'
  if (target.startsWith('/')) return `leads to an absolute path, ${target}`
  return linkLeavesTree(path, links) ? `leaves the directory: ${target}` : undefined
}

/** Why a path may not be part of a tree; undefined when it may. */
function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty'
  if (path.startsWith('/')) return 'is absolute'
  if (path.includes('\0')) return 'has a NUL character'
  if (!path.isWellFormed()) return 'is not valid Unicode'
  if (Buffer.byteLength(path) > MAX_PATH) return `is longer than ${MAX_PATH} bytes`
  for (const name of path.split('/')) {
    if (name === '' || name === '.' || name === '..') return 'has an empty part or one of dots'
    if (name.length * 3 > MAX_NAME && Buffer.byteLength(name) > MAX_NAME)
      return `has a name of more than ${MAX_NAME} bytes`
  }
  return undefined
}
