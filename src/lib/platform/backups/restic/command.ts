import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { ErrorCode } from '../../../core/error-codes.ts'
import { FREE_SPACE } from '../../../core/disk-errors.ts'
import { AppError } from '../../../core/errors.ts'
import { missingRestic } from './find-restic.ts'

/** The variable by which it is told where: each of ours has it. */
export const REPOSITORY = 'RESTIC_REPOSITORY'
const LAST_LINES = 20
const DISK_FULL = /no space left on device|disk quota exceeded/i

export interface ResticPlace {
  readonly program: string
  readonly repository: string
  readonly passwordFile: string
}

/** A restic that runs. Its local cache is left out: it is for repositories that are far away. */
export class ResticCommand {
  /** Resolves when it has ended well. @throws failed.disk-full, failed.tool-missing, else `code` */
  readonly done: Promise<void>
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly #lastLines: string[] = []

  /** `code`: when it fails. */
  constructor({ passwordFile, program, repository }: ResticPlace, argv: readonly string[], code: ErrorCode) {
    // a group of its own: what interrupts a platform in the foreground is not for it
    this.#child = spawn(program, ['--no-cache', '--quiet', ...argv], {
      detached: true,
      env: { RESTIC_PASSWORD_FILE: passwordFile, [REPOSITORY]: repository, TMPDIR: tmpdir() },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    createInterface({ input: this.#child.stderr }).on('line', line => this.#note(line))
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

  /** Without the calls that led to an error: two lines each, the second of them indented. */
  #note(line: string): void {
    if (line.startsWith('\t')) this.#lastLines.pop()
    else if (this.#lastLines.push(line) > LAST_LINES) this.#lastLines.shift()
  }

  async #wait(name: string, code: ErrorCode): Promise<void> {
    const [exitCode, signal] = await once(this.#child, 'close').catch((cause: unknown) => {
      throw missingRestic(`it cannot be run: ${String(cause)}`)
    })
    if (exitCode === 0) return
    const how = `restic ${name} failed (${exitCode ?? signal}): ${this.#lastLines.join('\n').trim()}`
    if (DISK_FULL.test(how)) throw new AppError('failed.disk-full', how, { suggestions: FREE_SPACE })
    throw new AppError(code, how, {
      suggestions: ['the volumes of later backups can do without restic: `aloft backup storage directory`'],
    })
  }
}
