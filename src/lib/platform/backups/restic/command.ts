import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { ErrorCode } from '../../../core/error-codes.ts'
import { AppError } from '../../../core/errors.ts'
import { missingRestic } from './find-restic.ts'

/** The variable by which it is told where: each of ours has it. */
export const REPOSITORY = 'RESTIC_REPOSITORY'
const LAST_BYTES = 2000
const DISK_FULL = /no space left on device|disk quota exceeded/i

export interface ResticPlace {
  readonly program: string
  readonly repository: string
  readonly passwordFile: string
}

/** A restic that runs. Its local cache is left out: it is for repositories that are far away. */
export class ResticCommand {
  /** Resolves when it has ended well. @throws an Error with the code ENOSPC on a full disk, else `code`; failed.tool-missing */
  readonly done: Promise<void>
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  #lastText = ''

  /** `code`: when it fails. */
  constructor({ passwordFile, program, repository }: ResticPlace, argv: readonly string[], code: ErrorCode) {
    // a group of its own: what interrupts a platform in the foreground is not for it
    this.#child = spawn(program, ['--no-cache', '--quiet', ...argv], {
      detached: true,
      env: { RESTIC_PASSWORD_FILE: passwordFile, [REPOSITORY]: repository, TMPDIR: tmpdir() },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#lastText = (this.#lastText + text).slice(-LAST_BYTES)
    })
    this.done = this.#wait(argv[0] ?? '', code)
    // also when nobody waits for it any more
    this.done.catch(() => undefined)
  }

  get stdin(): Writable {
    return this.#child.stdin
  }

  get stdout(): Readable {
    return this.#child.stdout
  }

  /** It takes its lock away and ends. */
  interrupt(): void {
    this.#child.kill('SIGINT')
  }

  async #wait(name: string, code: ErrorCode): Promise<void> {
    const [exitCode, signal] = await once(this.#child, 'close').catch((cause: unknown) => {
      throw missingRestic(`it cannot be run: ${String(cause)}`)
    })
    if (exitCode === 0) return
    const how = `restic ${name} failed (${exitCode ?? signal}): ${this.#lastText.trim()}`
    if (DISK_FULL.test(this.#lastText)) throw Object.assign(new Error(how), { code: 'ENOSPC' })
    throw new AppError(code, how, {
      suggestions: ['the volumes of later backups can do without restic: `aloft backup storage directory`'],
    })
  }
}
