import { AppError } from '../../core/errors.ts'
import { linkProblem } from '../../source/tree-rules.ts'
import type { TreeEntry } from '../../source/tree.ts'

/**
 * The entries of one directory of a tree as a tree of their own; `.` is all of it.
 * @throws not-found.source when there is no such directory; usage.source when a link in it leads out of it
 */
export function subtree(entries: readonly TreeEntry[], directory: string): readonly TreeEntry[] {
  if (directory === '.') return entries
  const prefix = `${directory}/`
  const inside = entries
    .filter(({ path }) => path.startsWith(prefix))
    .map(entry => ({ ...entry, path: entry.path.slice(prefix.length) }))
  if (inside.length === 0)
    throw new AppError('not-found.source', `the source has no directory ${directory}`, {
      suggestions: ['check the root of the application in the project file'],
    })
  refuseLeavingLinks(inside, directory)
  return inside
}

function refuseLeavingLinks(entries: readonly TreeEntry[], directory: string): void {
  const links = new Map<string, string>()
  for (const entry of entries) if (entry.kind === 'symlink') links.set(entry.path, entry.target)
  const leaving = entries.filter(entry => entry.kind === 'symlink' && linkProblem(entry, links) !== undefined)
  if (leaving.length === 0) return
  const named = leaving.map(({ path }) => `${directory}/${path}`).join(', ')
  throw new AppError('usage.source', `symbolic links leave the application's root ${directory}: ${named}`, {
    suggestions: [
      'replace them by files',
      'name them in .aloftignore',
      "make the application's root a directory further up",
    ],
  })
}
