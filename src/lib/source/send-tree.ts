import { isAppError } from '../core/errors.ts'
import { sourcePaths } from '../protocol/source-paths.ts'
import { blobStream } from './blob-stream.ts'
import { diffManifests } from './manifest-delta.ts'
import { type SourceTree, sourceChanged } from './scan-tree.ts'
import type { SentTree } from './sent-trees.ts'
import type { ScannedFile } from './stat-cache.ts'

/** How requests reach the platform. Answers are parsed JSON; failures are AppErrors. */
export interface SourceTransport {
  request(
    method: 'POST' | 'PUT',
    path: string,
    body: Uint8Array | AsyncIterable<Uint8Array> | undefined,
  ): Promise<unknown>
}

export interface SendOptions {
  readonly project: string
  /** What this destination was sent last, so that a difference is enough; absent: nothing is remembered. */
  readonly sent?: SentTree | undefined
  readonly onProgress?: ((progress: SendProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Contents sent so far, of those the platform asked for. */
export interface SendProgress {
  readonly files: number
  readonly bytes: number
  readonly totalBytes: number
}

/**
 * Brings a tree to the platform: only what it does not have is sent. Idempotent; a cut one is taken up where it was by
 * calling it again.
 * @throws failed.source-changed, failed.disk-full, whatever the transport throws
 */
export async function sendTree(tree: SourceTree, transport: SourceTransport, options: SendOptions): Promise<void> {
  const sender = new Sender(tree, transport, options)
  await sender.send()
}

class Sender {
  readonly #tree: SourceTree
  readonly #transport: SourceTransport
  readonly #options: SendOptions
  readonly #path: string
  #progress: SendProgress = { bytes: 0, files: 0, totalBytes: 0 }

  constructor(tree: SourceTree, transport: SourceTransport, options: SendOptions) {
    this.#tree = tree
    this.#transport = transport
    this.#options = options
    this.#path = sourcePaths.tree
      .replace(':project', encodeURIComponent(options.project))
      .replace(':digest', tree.digest)
  }

  async send(): Promise<void> {
    const { sent } = this.#options
    const { digest, manifest } = this.#tree
    const last = sent?.digest()
    // a difference is as short as the question whether the tree is known
    const base = last === undefined || last === digest ? undefined : sent?.manifest()
    if (base === undefined || last === undefined) {
      if (await this.#isKnown()) return this.#remember()
      await this.#sendManifest(manifest)
    } else await this.#sendDifference(diffManifests(base, last, manifest))
    this.#remember()
  }

  #remember(): void {
    const { digest, manifest } = this.#tree
    const { sent } = this.#options
    if (sent && sent.digest() !== digest) sent.remember(digest, manifest)
  }

  async #isKnown(): Promise<boolean> {
    const answer = await this.#request('POST', this.#path, Buffer.from('{}'))
    return isKnown(answer) || (await loadSchemas()).treeAnswer.parse(answer).known
  }

  async #sendDifference(difference: string): Promise<void> {
    try {
      await this.#sendManifest(difference)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'not-found.source') throw error
      await this.#sendManifest(this.#tree.manifest)
    }
  }

  async #sendManifest(text: string): Promise<void> {
    const { missingAnswer } = await loadSchemas()
    const body = Buffer.from(text)
    let previous = ''
    for (;;) {
      const { missing } = missingAnswer.parse(await this.#request('PUT', this.#path, body))
      if (missing.length === 0) return
      const files = this.#filesOf(missing)
      const [first = ''] = missing
      // asked for what was just sent: it arrived with another hash
      if (files.length < missing.length || first === previous) throw sourceChanged(files.map(({ path }) => path))
      previous = first
      await this.#sendBlobs(files)
    }
  }

  /** One file for each content. */
  #filesOf(missing: readonly string[]): ScannedFile[] {
    const wanted = new Set(missing)
    return this.#tree.entries.filter(
      (entry): entry is ScannedFile => entry.kind === 'file' && wanted.delete(entry.sha256),
    )
  }

  async #sendBlobs(files: readonly ScannedFile[]): Promise<void> {
    const { onProgress, project, signal } = this.#options
    const totalBytes = this.#progress.totalBytes + files.reduce((sum, { size }) => sum + size, 0)
    this.#progress = { ...this.#progress, totalBytes }
    const onBlob = (size: number): void => {
      const { bytes, files: count } = this.#progress
      this.#progress = { bytes: bytes + size, files: count + 1, totalBytes }
      onProgress?.(this.#progress)
    }
    const body = blobStream(this.#tree.directory, files, { onBlob, signal })
    const path = sourcePaths.blobs.replace(':project', encodeURIComponent(project))
    const { blobsAnswer } = await loadSchemas()
    try {
      blobsAnswer.parse(await this.#request('POST', path, body))
    } catch (error) {
      throw this.#named(error)
    }
  }

  /** The platform knows contents by their hash alone: say which file it was. */
  #named(error: unknown): unknown {
    if (!isAppError(error) || error.code !== 'failed.source-changed') return error
    const sha256 = error.details?.['sha256']
    const file = this.#tree.entries.find(entry => entry.kind === 'file' && entry.sha256 === sha256)
    return file ? sourceChanged([file.path]) : error
  }

  async #request(method: 'POST' | 'PUT', path: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<unknown> {
    this.#options.signal?.throwIfAborted()
    return this.#transport.request(method, path, body)
  }
}

/** The answer for a tree that did not change, told without the schemas: loading them takes longer than all the rest. */
function isKnown(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'known' in answer && answer.known === true
}

async function loadSchemas() {
  return import('../protocol/source.ts')
}
