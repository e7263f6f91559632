import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '../isolation/probe.ts'

const run = promisify(execFile)

/** statfs(2): `f_type` of btrfs. */
const BTRFS = 0x91_23_68_3e
/** Number of the top directory of each subvolume, and of no other. */
const SUBVOLUME_INODE = 256
/** Others may pass through, and neither list nor write. */
const MODE = 0o711

/** How a file system keeps volumes from taking more than they should. */
export interface VolumeQuotas {
  /** Makes the directory of a volume whose size can be limited. */
  make(path: string): Promise<void>
  /** Undefined: no limit. What is above it already stays. */
  limit(path: string, bytes: number | undefined): Promise<void>
  /** Bytes; undefined where nothing is enforced. */
  limitOf(path: string): Promise<number | undefined>
}

/** Undefined where the file system of a directory enforces nothing, or lets nobody but root ask for it. */
export async function findQuotas(directory: string): Promise<VolumeQuotas | undefined> {
  const isRoot = process.getuid?.() === 0
  if (!isRoot || (await statfs(directory)).type !== BTRFS) return undefined
  const btrfs = await findProgram('btrfs')
  // fails until somebody has said `btrfs quota enable`: it costs the whole file system
  return btrfs !== undefined && (await succeeds(btrfs, ['qgroup', 'show', directory]))
    ? new BtrfsQuotas(btrfs)
    : undefined
}

/** Makes the directory of a volume unless it is there: one that was made without a quota stays without. */
export async function makeVolume(path: string): Promise<void> {
  if (existsSync(path)) return
  const parent = dirname(path)
  mkdirSync(parent, { mode: MODE, recursive: true })
  const quotas = await findQuotas(parent)
  await quotas?.make(path)
  mkdirSync(path, { mode: MODE, recursive: true })
}

/** Each volume is a subvolume, its quota that of the qgroup that the subvolume has by itself. */
class BtrfsQuotas implements VolumeQuotas {
  readonly #btrfs: string

  constructor(btrfs: string) {
    this.#btrfs = btrfs
  }

  async make(path: string): Promise<void> {
    // another instance may be about to mount it too
    if (await succeeds(this.#btrfs, ['subvolume', 'create', path])) chmodSync(path, MODE)
  }

  async limit(path: string, bytes: number | undefined): Promise<void> {
    if (!isSubvolume(path)) return
    const { stdout: id } = await run(this.#btrfs, ['inspect-internal', 'rootid', path])
    const limit = bytes === undefined ? 'none' : String(bytes)
    // by way of the directory above: one that is full already refuses even this
    await run(this.#btrfs, ['qgroup', 'limit', limit, `0/${id.trim()}`, dirname(path)])
  }

  async limitOf(path: string): Promise<number | undefined> {
    if (!isSubvolume(path)) return undefined
    const { stdout } = await run(this.#btrfs, ['qgroup', 'show', '-rf', '--raw', path])
    // id, referenced, exclusive, limit
    const [, limit] = /^0\/\d+\s+\d+\s+\d+\s+(\d+)/m.exec(stdout) ?? []
    return limit === undefined ? undefined : Number(limit)
  }
}

function isSubvolume(path: string): boolean {
  return statSync(path).ino === SUBVOLUME_INODE
}

function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  )
}
