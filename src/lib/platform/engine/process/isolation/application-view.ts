import { lstatSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

/** A directory of the host that shows at a path of the application. */
export interface ResolvedMount {
  /** Relative to the application's root, normalized, without `..`. */
  readonly path: string
  readonly source: string
}

interface Branch {
  source?: string
  readonly children: Map<string, Branch>
}

/**
 * bubblewrap's arguments that show the artifact read-only at `target` with its mounts. Where the artifact has no
 * directory for a mount point, the nearest directory above becomes a skeleton: an empty file system in which every entry
 * of the artifact is bound again. Links on the way to a mount point are never followed.
 */
export function applicationArguments(artifact: string, target: string, mounts: readonly ResolvedMount[]): string[] {
  const top: Branch = { children: new Map() }
  for (const mount of mounts) grow(top, mount)
  const skeletons: string[] = []
  const shown = ['--ro-bind', artifact, target, ...show(top, { artifact, skeletons, target })]
  return [...shown, ...skeletons.flatMap(path => ['--remount-ro', path])]
}

function grow(top: Branch, { path, source }: ResolvedMount): void {
  let branch = top
  for (const name of path.split('/')) {
    const next: Branch = branch.children.get(name) ?? { children: new Map() }
    branch.children.set(name, next)
    branch = next
  }
  branch.source = source
}

interface Place {
  /** Undefined: nothing of the artifact shows here. */
  readonly artifact: string | undefined
  readonly target: string
  readonly skeletons: string[]
}

function show(branch: Branch, place: Place): string[] {
  const { artifact, skeletons, target } = place
  const names = [...branch.children.keys()]
  const isComplete = artifact !== undefined && names.every(name => isDirectory(join(artifact, name)))
  const own: string[] = []
  if (!isComplete) {
    own.push('--tmpfs', target)
    skeletons.push(target)
    if (artifact !== undefined) own.push(...entries(artifact, target, branch))
  }
  return [...own, ...[...branch.children].flatMap(([name, child]) => showChild(name, child, place))]
}

function showChild(name: string, child: Branch, { artifact, skeletons, target }: Place): string[] {
  const path = join(target, name)
  if (child.source !== undefined) return ['--bind', child.source, path]
  const original = artifact === undefined ? undefined : join(artifact, name)
  const below = original !== undefined && isDirectory(original) ? original : undefined
  return show(child, { artifact: below, skeletons, target: path })
}

/** All of a directory except what the mounts replace; directories that lead to mounts are kept. */
function entries(directory: string, target: string, branch: Branch): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap(entry => {
    const path = join(target, entry.name)
    const source = join(directory, entry.name)
    const child = branch.children.get(entry.name)
    if (child) return child.source === undefined && entry.isDirectory() ? ['--ro-bind', source, path] : []
    return entry.isSymbolicLink() ? ['--symlink', readlinkSync(source), path] : ['--ro-bind', source, path]
  })
}

function isDirectory(path: string): boolean {
  try {
    return lstatSync(path).isDirectory()
  } catch {
    return false
  }
}
