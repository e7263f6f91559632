import { createHash, randomBytes } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { chmod, copyFile, lchown, link, lstat, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ResolvedMount } from './application-view.ts'
import type { Owner } from './permissions.ts'

export interface ReleaseDirectoryOptions {
  /** The published application. */
  readonly artifact: string
  readonly mounts: readonly ResolvedMount[]
  readonly owner: Owner
}

/** The directory's name says all that is in it: the artifact and where its mounts lead. */
export function releaseDirectoryName(id: string, mounts: readonly ResolvedMount[]): string {
  return `${id}-${createHash('sha256').update(JSON.stringify(mounts)).digest('hex').slice(0, 12)}`
}

/**
 * A view of an artifact for where there are no mount namespaces: its files hard-linked, with symbolic links to the volumes
 * at the mount points. Appears at `target` whole or not at all; one that is there already is taken as it is.
 */
export async function makeReleaseDirectory(target: string, options: ReleaseDirectoryOptions): Promise<void> {
  const { artifact, mounts, owner } = options
  if (existsSync(target)) return
  const draft = draftName(dirname(target))
  try {
    await copyTree(artifact, draft)
    for (const { path, source } of mounts) await linkMount(draft, path, source)
    if (owner !== undefined) {
      await lchown(draft, process.getuid?.() ?? 0, owner)
      await chmod(draft, 0o750)
    }
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true, recursive: true })
    if (!existsSync(target)) throw error
  }
}

/** Removes the release directories that nothing uses, drafts excepted. Calls may overlap. */
export async function pruneReleaseDirectories(releases: string, isUsed: (path: string) => boolean): Promise<void> {
  for (const name of await readdir(releases).catch(() => [])) {
    const path = join(releases, name)
    // another call of this may have been faster
    if (name.startsWith('.') || isUsed(path) || !existsSync(path)) continue
    // Out of the way at once: whoever needs it meanwhile makes it anew.
    const trash = draftName(releases)
    renameSync(path, trash)
    await rm(trash, { force: true, recursive: true }).catch(() => undefined)
  }
}

function draftName(releases: string): string {
  return join(releases, `.${randomBytes(6).toString('hex')}`)
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o755 })
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyTree(source, target)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target)
    else await link(source, target).catch(() => copyFile(source, target))
  }
}

/** Every part of the way becomes a directory of ours; links of the artifact on the way are replaced. */
async function linkMount(root: string, path: string, source: string): Promise<void> {
  const parents = path.split('/').slice(0, -1)
  let directory = root
  for (const name of parents) {
    directory = join(directory, name)
    const found = await lstat(directory).catch(() => undefined)
    if (found?.isDirectory()) continue
    await rm(directory, { force: true })
    await mkdir(directory, { mode: 0o755 })
  }
  const target = join(root, path)
  await rm(target, { force: true, recursive: true })
  await mkdir(dirname(target), { recursive: true })
  await symlink(source, target)
}
