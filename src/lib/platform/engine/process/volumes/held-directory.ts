import { closeSync, constants, openSync, readdirSync } from 'node:fs'

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants

/** A directory that is open: who may write its tree can put a link in its place, and does not lead us elsewhere by that. */
export class HeldDirectory implements Disposable {
  /** Entries are named through it. Elsewhere than on Linux the path itself: there all trees are one user's. */
  readonly path: string
  readonly #descriptor: number

  private constructor(path: string, descriptor: number) {
    this.path = process.platform === 'linux' ? `/proc/self/fd/${descriptor}` : path
    this.#descriptor = descriptor
  }

  /** Undefined when there is no directory of that name, or none any more: a link is none. */
  static open(path: string): HeldDirectory | undefined {
    try {
      return new HeldDirectory(path, openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
    } catch (error) {
      if (isOneOf(error, ['ENOENT', 'ENOTDIR', 'ELOOP'])) return undefined
      throw error
    }
  }

  names(): string[] {
    return readdirSync(this.path)
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor)
  }
}

export function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
