import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SIZE = '300M'

/** A file system of btrfs in a file, mounted until it is disposed of. */
export class BtrfsMount implements Disposable {
  readonly path: string
  readonly #root = mkdtempSync(join(tmpdir(), 'aloft-btrfs-'))

  constructor() {
    const image = join(this.#root, 'image')
    this.path = join(this.#root, 'mnt')
    mkdirSync(this.path)
    run('truncate', '-s', SIZE, image)
    run('mkfs.btrfs', '-q', image)
    run('mount', '-o', 'loop', image, this.path)
  }

  enableQuotas(): void {
    run('btrfs', 'quota', 'enable', this.path)
  }

  /** Bytes that are taken, once all that was written and deleted has reached the disk. */
  usedBytes(): number {
    run('btrfs', 'filesystem', 'sync', this.path)
    return Number(run('df', '--output=used', '--block-size=1', this.path).split('\n')[1])
  }

  /** The loop device goes with the mount. */
  [Symbol.dispose](): void {
    run('umount', '-l', this.path)
    rmSync(this.#root, { force: true, recursive: true })
  }
}

/** Why there can be no file system of btrfs here; undefined where there can. */
export const whyNoBtrfs = findReason()

function findReason(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can mount a file system'
  try {
    run('mkfs.btrfs', '--version')
  } catch {
    return 'btrfs-progs is not installed: `apt-get install btrfs-progs`'
  }
  try {
    new BtrfsMount()[Symbol.dispose]()
    return undefined
  } catch (error) {
    return `no btrfs can be mounted here: ${String(error)}`
  }
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
