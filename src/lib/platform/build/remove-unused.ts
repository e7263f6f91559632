import { mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Retention } from '../pruning/retention.ts'
import { removeTree } from '../remove-tree.ts'
import { manifestFile } from './artifact-manifest.ts'

/** Begins the names of artifacts that are being removed. */
const TRASH = '.'

/** Deletes the artifacts below `artifacts` that need not stay, and what an earlier removal left. */
export async function removeUnusedArtifacts(
  artifacts: string,
  { isKept, usedSince }: Retention,
  signal?: AbortSignal,
): Promise<void> {
  mkdirSync(artifacts, { mode: 0o711, recursive: true })
  for (const name of readdirSync(artifacts)) {
    signal?.throwIfAborted()
    if (name.startsWith(TRASH)) await removeTree(join(artifacts, name))
    else if (!isKept(name) && usedAt(join(artifacts, name)) < usedSince) {
      // out of the way at once: who needs it meanwhile builds it anew, and a half removed one is never used
      const trash = join(artifacts, `${TRASH}${name}`)
      renameSync(join(artifacts, name), trash)
      await removeTree(trash)
    }
  }
}

/** Since when nothing used it, ms since the epoch. */
function usedAt(artifact: string): number {
  return (statSync(manifestFile(artifact), { throwIfNoEntry: false }) ?? statSync(artifact)).mtimeMs
}
