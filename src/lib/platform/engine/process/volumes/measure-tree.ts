import { lstatSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { createTurn } from '../../../source/turn.ts'
import { HeldDirectory } from './held-directory.ts'

/** stat(2): unit of `st_blocks`. */
const BLOCK_BYTES = 512

export interface TreeSize {
  /** What it takes on disk, directories included. */
  bytes: number
  /** All but directories; a file of several names counts once. */
  files: number
}

/** Follows no links. What comes or goes meanwhile may count or not. */
export async function measureTree(path: string): Promise<TreeSize> {
  const size: TreeSize = { bytes: 0, files: 0 }
  const seen = new Set<string>()
  const turn = createTurn()
  const visit = async (directory: string): Promise<void> => {
    using held = HeldDirectory.open(directory)
    for (const name of held?.names() ?? []) {
      const pause = turn()
      if (pause) await pause
      const entry = join(held?.path ?? directory, name)
      const found = lstatSync(entry, { throwIfNoEntry: false })
      if (!found || isKnown(found, seen)) continue
      size.bytes += found.blocks * BLOCK_BYTES
      if (found.isDirectory()) await visit(entry)
      else size.files++
    }
  }
  await visit(path)
  return size
}

function isKnown(found: Stats, seen: Set<string>): boolean {
  if (found.isDirectory() || found.nlink === 1) return false
  const key = `${found.dev}:${found.ino}`
  if (seen.has(key)) return true
  seen.add(key)
  return false
}
