import { createHash } from 'node:crypto'
import {
  chmodSync, closeSync, constants, fchmodSync, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, rmSync,
} from 'node:fs' // prettier-ignore
import { join } from 'node:path'
import { encodeManifest, manifestDigest } from '../../source/manifest.ts'
import { type TreeEntry, comparePaths } from '../../source/tree.ts'
import { flushFiles } from '../source/durable.ts'
import { createTurn } from '../source/turn.ts'

export interface Frozen {
  /** Of the canonical manifest of all files and links. */
  readonly digest: string
  readonly files: number
  readonly sizeBytes: number
}

const PIECE = 1024 * 1024

/**
 * Takes stock of a finished artifact and makes it read-only: files 0444 or 0555, directories 0555, whatever the build
 * left. Sockets, pipes and devices are removed. Links are never followed. Durable when it resolves. Refuses a tree that
 * another user may still change.
 */
export async function freeze(root: string): Promise<Frozen> {
  const freezer = new Freezer(root)
  await freezer.directory('')
  return freezer.finish()
}

class Freezer {
  readonly #root: string
  readonly #turn = createTurn()
  readonly #entries: TreeEntry[] = []
  readonly #buffer = Buffer.allocUnsafe(PIECE)

  constructor(root: string) {
    this.#root = root
  }

  async directory(prefix: string): Promise<void> {
    const directory = join(this.#root, prefix)
    if (lstatSync(directory).uid !== process.getuid?.()) throw new TypeError(`${directory} is still the build's`)
    chmodSync(directory, 0o755)
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = prefix + entry.name
      if (entry.isDirectory()) await this.directory(`${path}/`)
      else if (entry.isSymbolicLink())
        this.#entries.push({ kind: 'symlink', path, target: readlinkSync(join(this.#root, path)) })
      else if (entry.isFile()) this.#file(path)
      else rmSync(join(this.#root, path), { force: true })
      await this.#turn()
    }
    chmodSync(directory, 0o555)
  }

  async finish(): Promise<Frozen> {
    const entries = this.#entries.toSorted((a, b) => comparePaths(a.path, b.path))
    const files = entries.filter(entry => entry.kind === 'file')
    await flushFiles(files.map(({ path }) => join(this.#root, path)))
    return {
      digest: manifestDigest(encodeManifest(entries)),
      files: files.length,
      sizeBytes: files.reduce((sum, { size }) => sum + size, 0),
    }
  }

  #file(path: string): void {
    const absolute = join(this.#root, path)
    // a file that nobody may read, made by another user, opens for root alone
    if ((lstatSync(absolute).mode & 0o400) === 0) chmodSync(absolute, 0o600)
    const descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      const { mode, size } = fstatSync(descriptor)
      const executable = (mode & 0o111) !== 0
      fchmodSync(descriptor, executable ? 0o555 : 0o444)
      this.#entries.push({ executable, kind: 'file', path, sha256: this.#hash(descriptor), size })
    } finally {
      closeSync(descriptor)
    }
  }

  #hash(descriptor: number): string {
    const digest = createHash('sha256')
    for (let count = readSync(descriptor, this.#buffer); count > 0; count = readSync(descriptor, this.#buffer))
      digest.update(this.#buffer.subarray(0, count))
    return digest.digest('hex')
  }
}
