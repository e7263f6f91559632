import { createHash } from 'node:crypto'
import { bundleError } from './errors.ts'

interface FileFacts {
  readonly sha256: string
  readonly size: number
}

/** What tells one content of a volume from another. */
export interface ListingFacts {
  readonly digest: string
  readonly files: number
  readonly fileBytes: number
}

/** The files of a volume, from whatever they are read. Paths are relative to its top, their bytes one character each. */
export class VolumeListing {
  readonly #files = new Map<string, FileFacts>()

  add({ path, sha256, size }: FileFacts & { readonly path: string }): void {
    this.#files.set(withoutDot(path), { sha256, size })
  }

  /** Another name of a file that is there already (a hard link). @throws failed.verify when there is none of that path */
  addName(path: string, of: string): void {
    const file = this.#files.get(withoutDot(of))
    if (!file)
      throw bundleError(
        'content',
        `the archive has ${path}, a hard link to ${of}, which is no file that comes before it`,
      )
    this.add({ path, ...file })
  }

  /** Something else takes its place. */
  drop(path: string): void {
    this.#files.delete(withoutDot(path))
  }

  facts(): ListingFacts {
    const digest = createHash('sha256')
    let fileBytes = 0
    for (const [path, { sha256, size }] of [...this.#files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      digest.update(`${sha256} ${path}\n`, 'latin1')
      fileBytes += size
    }
    return { digest: digest.digest('hex'), fileBytes, files: this.#files.size }
  }
}

function withoutDot(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '')
}
