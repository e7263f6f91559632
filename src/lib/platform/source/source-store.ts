import { mkdirSync, readFileSync, rmSync, existsSync, readdirSync, statSync, utimesSync } from 'node:fs'
import { readFile as readFileAsync } from 'node:fs/promises'
import { join } from 'node:path'
import type { ProjectFiles } from '../../config/project-files.ts'
import { AppError } from '../../core/errors.ts'
import { MAX_MANIFEST_BYTES, MAX_MISSING, type MissingAnswer, type TreeAnswer } from '../../protocol/source.ts'
import { resolveInTree } from '../../source/links.ts'
import { checkDigest, encodeManifest, manifestDigest, parseManifest } from '../../source/manifest.ts'
import { applyDelta, deltaBase } from '../../source/manifest-delta.ts'
import type { FileEntry, TreeEntry } from '../../source/tree.ts'
import type { Retention } from '../pruning/retention.ts'
import { BlobStore } from './blob-store.ts'
import { diskError } from '../../core/disk-errors.ts'
import { writeDurably } from './durable.ts'
import { type MaterialiseOptions, materialiseTree } from './materialise.ts'
import { subtree } from './subtree.ts'
import { createTurn } from './turn.ts'

export interface SourceStore {
  hasTree(digest: string): boolean
  /** Answers `POST …/trees/:digest`. @throws usage.source when a digest is malformed */
  ask(digest: string, base: string | undefined): TreeAnswer
  /**
   * Takes a manifest, or its difference to a stored one; stores the tree durably once no content is missing. Idempotent.
   * @throws usage.source when it is no valid tree of that digest; not-found.source when the base is not stored; failed.disk-full
   */
  putTree(digest: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<MissingAnswer>
  /** Takes in framed contents; resolves with their number when they are durable. @throws failed.source-changed, failed.disk-full, usage.request */
  receiveBlobs(stream: AsyncIterable<Uint8Array>): Promise<number>
  /** @throws not-found.source */
  entries(digest: string): readonly TreeEntry[]
  /** Paths of all files and links. @throws not-found.source */
  files(digest: string): readonly string[]
  /** A file's bytes, links inside the tree followed; undefined when there is no such file. @throws not-found.source */
  readFile(digest: string, path: string): Promise<Uint8Array | undefined>
  /** A stored tree as the readers of project files want it. @throws not-found.source */
  projectFiles(digest: string): ProjectFiles
  /** The digest of a directory's own tree. @throws not-found.source when the tree or the directory is not there */
  subtreeDigest(digest: string, directory: string): string
  /**
   * Writes a directory of the tree to `target`, which must not exist: files copied (shared blocks where the file system can),
   * 0644 or 0755. Not durable. @throws not-found.source, usage.source, failed.disk-full; the signal's reason
   */
  materialise(digest: string, directory: string, options: MaterialiseOptions): Promise<void>
  /** Deletes the trees that are neither kept nor were asked for lately, and the old contents that no other one needs. */
  removeUnused(retention: Retention, signal?: AbortSignal): Promise<void>
}

/** Parsed manifests kept in memory. */
const REMEMBERED_TREES = 4

/**
 * Source trees on disk: contents by hash, trees as canonical manifests in `<directory>/trees/<digest>`. A tree is there only
 * with all of its contents. One process at a time may have the directory open.
 */
export function createSourceStore({ directory }: { readonly directory: string }): SourceStore {
  return new DiskSourceStore(directory)
}

class DiskSourceStore implements SourceStore {
  readonly #trees: string
  readonly #blobs: BlobStore
  readonly #parsed = new Map<string, readonly TreeEntry[]>()
  /** What decides which contents are needed, one at a time. */
  #latest: Promise<unknown> = Promise.resolve()

  constructor(directory: string) {
    this.#trees = join(directory, 'trees')
    mkdirSync(this.#trees, { mode: 0o700, recursive: true })
    for (const name of readdirSync(this.#trees))
      if (name.endsWith('.tmp')) rmSync(join(this.#trees, name), { force: true })
    this.#blobs = new BlobStore(directory, () => this.#needed())
  }

  hasTree(digest: string): boolean {
    return existsSync(this.#treeFile(digest))
  }

  ask(digest: string, base: string | undefined): TreeAnswer {
    if (this.#touch(digest)) return { known: true }
    return { base: base !== undefined && this.hasTree(base), known: false }
  }

  async putTree(digest: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<MissingAnswer> {
    if (this.#touch(digest)) return { missing: [] }
    const text = await readText(body)
    return this.#inTurn(() => this.#putText(digest, text))
  }

  async #putText(digest: string, text: string): Promise<MissingAnswer> {
    const base = deltaBase(text)
    const { added, manifest } = base === undefined ? readFull(text) : this.#applyTo(base, text)
    if (manifestDigest(manifest) !== digest)
      throw new AppError('usage.source', `the manifest is not that of the tree ${digest}`)
    let missing: readonly string[] = []
    for (let removals = -1; removals !== this.#blobs.removals;) {
      removals = this.#blobs.removals
      missing = await this.#missing(added)
      if (missing.length > 0) return { missing: [...missing] }
    }
    try {
      writeDurably(this.#treeFile(digest), manifest, 0o600)
    } catch (error) {
      throw diskError(error, this.#trees)
    }
    return { missing: [] }
  }

  receiveBlobs(stream: AsyncIterable<Uint8Array>): Promise<number> {
    return this.#blobs.receive(stream)
  }

  entries(digest: string): readonly TreeEntry[] {
    const known = this.#parsed.get(digest)
    if (known) return known
    const entries = parseManifest(this.#readTree(digest))
    const [oldest] = this.#parsed.keys()
    if (oldest !== undefined && this.#parsed.size >= REMEMBERED_TREES) this.#parsed.delete(oldest)
    this.#parsed.set(digest, entries)
    return entries
  }

  files(digest: string): readonly string[] {
    return this.entries(digest).map(({ path }) => path)
  }

  async readFile(digest: string, path: string): Promise<Uint8Array | undefined> {
    const entries = this.entries(digest)
    const links = new Map<string, string>()
    for (const entry of entries) if (entry.kind === 'symlink') links.set(entry.path, entry.target)
    const real = resolveInTree(path, links)
    const file = entries.find((entry): entry is FileEntry => entry.kind === 'file' && entry.path === real)
    return file && readFileAsync(this.#blobs.path(file.sha256))
  }

  projectFiles(digest: string): ProjectFiles {
    return { list: () => this.files(digest), read: path => this.readFile(digest, path) }
  }

  subtreeDigest(digest: string, directory: string): string {
    return manifestDigest(encodeManifest(subtree(this.entries(digest), directory)))
  }

  async materialise(digest: string, directory: string, options: MaterialiseOptions): Promise<void> {
    const entries = subtree(this.entries(digest), directory)
    await materialiseTree(entries, sha256 => this.#blobs.path(sha256), options)
  }

  removeUnused({ isKept, usedSince }: Retention, signal?: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      for (const digest of readdirSync(this.#trees)) {
        const file = join(this.#trees, digest)
        if (isKept(digest) || statSync(file).mtimeMs >= usedSince) continue
        rmSync(file)
        this.#parsed.delete(digest)
      }
      const needed = new Set<string>()
      const turn = createTurn(signal)
      for (const contents of this.#contents()) {
        for (const sha256 of contents) needed.add(sha256)
        await turn()
      }
      await this.#blobs.removeUnused({ isKept: sha256 => needed.has(sha256), usedSince }, signal)
    })
  }

  /** The contents of all stored trees. */
  #needed(): Set<string> {
    return new Set([...this.#contents()].flat())
  }

  /** The contents of each stored tree. */
  *#contents(): Generator<readonly string[]> {
    for (const digest of readdirSync(this.#trees))
      yield parseManifest(this.#readTree(digest)).flatMap(entry => (entry.kind === 'file' ? entry.sha256 : []))
  }

  /** Notes that a tree was asked for; false when it is not there. */
  #touch(digest: string): boolean {
    if (!this.hasTree(digest)) return false
    const now = new Date()
    utimesSync(this.#treeFile(digest), now, now)
    return true
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#latest.then(run)
    this.#latest = turn.catch(() => undefined)
    return turn
  }

  #treeFile(digest: string): string {
    return join(this.#trees, checkDigest(digest))
  }

  #readTree(digest: string): string {
    if (!this.hasTree(digest))
      throw new AppError('not-found.source', `there is no tree ${digest}`, { suggestions: ['deploy from a directory'] })
    return readFileSync(this.#treeFile(digest), 'utf8')
  }

  /** The contents of a stored base are there. */
  #applyTo(base: string, delta: string): { added: readonly TreeEntry[]; manifest: string } {
    const { added, entries } = applyDelta(this.entries(base), delta)
    const manifest = encodeManifest(entries)
    parseManifest(manifest)
    return { added, manifest }
  }

  async #missing(entries: readonly TreeEntry[]): Promise<string[]> {
    const missing = new Set<string>()
    const turn = createTurn()
    for (const entry of entries) {
      if (missing.size >= MAX_MISSING) break
      if (entry.kind === 'file' && !this.#blobs.has(entry)) missing.add(entry.sha256)
      await turn()
    }
    return [...missing]
  }
}

function readFull(manifest: string): { added: readonly TreeEntry[]; manifest: string } {
  return { added: parseManifest(manifest), manifest }
}

async function readText(body: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    length += chunk.length
    if (length > MAX_MANIFEST_BYTES)
      throw new AppError('usage.source', `the manifest is larger than ${MAX_MANIFEST_BYTES} bytes`)
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch (cause) {
    throw new AppError('usage.source', 'the manifest is not UTF-8', { cause })
  }
}
